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

/** Commits what is queued to the store, one batch at a time, in order. Used on the trail's event loop. */
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
    /** What is being written; null when nothing is, or {@link #giveUp} has put it back. */
    private @Nullable List<PendingWrite> batch;

    /**
     * Commits of what is in {@code queue}.
     *
     * @param keepRefused keeps what the store refuses and no request is told of
     * @param outage gets the reason when the store takes nothing
     * @param ended runs when a commit has ended
     */
    StoreCommits(
            TrailStore store,
            BatchBisection bisection,
            WriteQueue queue,
            WriteResults results,
            WriterMetrics metrics,
            int maximumBatch,
            Function<List<TrailRecord>, Future<Void>> keepRefused,
            Consumer<String> outage,
            Runnable ended) {
        this.store = store;
        this.bisection = bisection;
        this.queue = queue;
        this.results = results;
        this.metrics = metrics;
        this.maximumBatch = maximumBatch;
        this.keepRefused = keepRefused;
        this.outage = outage;
        this.ended = ended;
    }

    /** Whether a commit is under way, even one that was given up. */
    boolean busy() {
        return busy;
    }

    /** How long the commit under way has taken; 0 without one. */
    long nanos(long nowNanos) {
        return busy ? nowNanos - since : 0;
    }

    /** Begins the next commit, unless one is under way. After an outage, an empty one finds out whether it has ended. */
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
                .compose(refused -> keepUntold(refused).map(refused))
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
                .mapToInt(one -> one.recorded() instanceof Outcome ? 1 : 0)
                .sum());
        queue.putBack(taken);
        queue.removeMoot(results::dropped);
    }

    /** The request of an intent is told that it is refused; other records are kept. */
    private Future<Void> keepUntold(List<TrailRecord> refused) {
        List<TrailRecord> untold =
                refused.stream().filter(one -> !(one instanceof Intent)).toList();
        return untold.isEmpty() ? Future.succeededFuture() : keepRefused.apply(untold);
    }

    private void written(List<PendingWrite> taken, List<TrailRecord> refused) {
        busy = false;
        if (batch != null) {
            batch = null;
            for (PendingWrite one : taken) {
                if (!refused.contains(one.recorded())) {
                    results.durable(one);
                } else {
                    if (one.isIntent()) {
                        metrics.refusedUnstorable();
                    }
                    results.refused(one, "the database refuses the record of this request");
                }
            }
            queue.forgetTold();
            results.noProblem();
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
            outage.accept("The database does not take the trail: " + cause.getMessage());
        }
        ended.run();
    }
}
