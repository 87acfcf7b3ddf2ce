package dev.botgate.audit.writer;

import dev.botgate.audit.Intent;
import dev.botgate.audit.Outcome;
import dev.botgate.audit.TrailRecord;
import dev.botgate.audit.writer.TrailStore.NotWrittenException;
import dev.botgate.failure.FatalErrors;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Commits queued records to the store, one batch at a time, in order. Used on the trail's event loop. */
final class StoreCommits {
    private final TrailStore store;
    private final BatchBisection bisection;
    private final WriteQueue queue;
    private final WriteResults results;
    private final WriterMetrics metrics;
    private final int maximumBatch;
    private final Function<List<TrailRecord>, Future<Void>> keepRefused;
    private final Consumer<String> outage;
    private final Runnable ended;
    private boolean busy;
    private long since;
    /** The batch of the commit under way; null without one, or once {@link #giveUp} has put it back. */
    private @Nullable List<PendingWrite> batch;

    /**
     * An idle committer.
     *
     * @param keepRefused keeps records that the store refuses, other than intents
     * @param outage gets the reason when the store cannot be written
     */
    StoreCommits(WriterParts parts, Function<List<TrailRecord>, Future<Void>> keepRefused, Consumer<String> outage) {
        this.store = parts.store();
        this.bisection = parts.bisection();
        this.queue = parts.queue();
        this.results = parts.results();
        this.metrics = parts.metrics();
        this.maximumBatch = parts.settings().maximumBatch();
        this.keepRefused = keepRefused;
        this.outage = outage;
        this.ended = parts.changed();
    }

    /** Whether a commit is under way, even one that was given up. */
    boolean busy() {
        return busy;
    }

    /** How long the commit under way has taken; 0 without one. */
    long nanos(long nowNanos) {
        return busy ? nowNanos - since : 0;
    }

    /** Begins the next commit, unless one is under way. While there is a problem, an empty commit probes the store. */
    void next() {
        if (busy) {
            return;
        }
        Optional<String> storeProblem = store.problem();
        if (storeProblem.isPresent()) {
            outage.accept(storeProblem.get());
        } else if (!queue.isEmpty() || results.problem().isPresent()) {
            commit(queue.take(maximumBatch));
        }
    }

    private void commit(List<PendingWrite> taken) {
        busy = true;
        batch = taken;
        since = System.nanoTime();
        bisection
                .write(WriteQueue.records(taken))
                .compose(refused -> keepOthersThanIntents(refused).map(refused))
                .onComplete(refused -> written(taken, refused), this::failed);
    }

    /** Puts the commit under way back into the queue. Its records may be written nevertheless. */
    void giveUp() {
        if (batch != null) {
            batch.forEach(PendingWrite::mayBeWritten);
            putBack(batch);
        }
    }

    private void putBack(List<PendingWrite> taken) {
        batch = null;
        metrics.outcomesRetried(taken.stream()
                .mapToInt(one -> one.record() instanceof Outcome ? 1 : 0)
                .sum());
        queue.putBack(taken);
        queue.removeRefused(results::dropped);
    }

    /** A refused intent fails its request; other refused records are kept. */
    private Future<Void> keepOthersThanIntents(List<TrailRecord> refused) {
        List<TrailRecord> others =
                refused.stream().filter(one -> !(one instanceof Intent)).toList();
        return others.isEmpty() ? Future.succeededFuture() : keepRefused.apply(others);
    }

    private void written(List<PendingWrite> taken, List<TrailRecord> refused) {
        busy = false;
        if (batch != null) {
            batch = null;
            for (PendingWrite one : taken) {
                if (!refused.contains(one.record())) {
                    results.durable(one);
                } else {
                    if (one.isIntent()) {
                        metrics.refusedUnstorable();
                    }
                    results.refused(one, "the database refuses the record of this request");
                }
            }
            queue.forgetAnswered();
            results.clearProblem();
        }
        ended.run();
    }

    private void failed(Throwable cause) {
        FatalErrors.report(cause);
        busy = false;
        List<PendingWrite> taken = batch;
        if (taken != null) {
            if (!(cause instanceof NotWrittenException)) {
                taken.forEach(PendingWrite::mayBeWritten);
            }
            putBack(taken);
            outage.accept("the database cannot record the trail: " + cause.getMessage());
        }
        ended.run();
    }
}
