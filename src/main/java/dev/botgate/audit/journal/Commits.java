package dev.botgate.audit.journal;

import dev.botgate.audit.Intent;
import dev.botgate.audit.TrailRecord;
import dev.botgate.audit.waiting.PendingWrite;
import dev.botgate.audit.waiting.WriteQueue;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Consumer;

/**
 * The short way: what waits goes straight into the database, one commit at a time.
 *
 * <p>Used on the trail's context.
 */
final class Commits {
    private final TrailStore store;
    private final CarefulWriter writer;
    private final WriteQueue waiting;
    private final Verdicts verdicts;
    private final RefusedRecords refusals;
    private final int maximumBatch;
    private final Consumer<String> divert;
    private final Runnable pump;

    /** What the database is to write; empty once the journal has taken that over. */
    private List<PendingWrite> underWay = List.of();

    private long since;
    private boolean writing;

    /**
     * Commits of what is in {@code waiting}.
     *
     * @param refusals keeps what the database refuses
     * @param divert hears why the journal has to take over
     * @param pump runs when a commit has ended
     */
    Commits(
            TrailStore store,
            CarefulWriter writer,
            WriteQueue waiting,
            Verdicts verdicts,
            RefusedRecords refusals,
            int maximumBatch,
            Consumer<String> divert,
            Runnable pump) {
        this.store = store;
        this.writer = writer;
        this.waiting = waiting;
        this.verdicts = verdicts;
        this.refusals = refusals;
        this.maximumBatch = maximumBatch;
        this.divert = divert;
        this.pump = pump;
    }

    /** Whether a commit is under way, also one that nobody waits for any more. */
    boolean busy() {
        return writing;
    }

    /** For how long one has been under way; 0 when none is. */
    long nanos(long nowNanos) {
        return writing ? nowNanos - since : 0;
    }

    /** Begins the next one, unless one is under way. */
    void next() {
        if (writing) {
            return;
        }
        if (!store.usable()) {
            divert.accept("There is no connection to the database");
            return;
        }
        if (waiting.isEmpty()) {
            return;
        }
        List<PendingWrite> batch = waiting.take(maximumBatch);
        writing = true;
        underWay = batch;
        since = System.nanoTime();
        writer.write(WriteQueue.records(batch))
                .compose(this::keep)
                .onComplete(refused -> written(batch, refused), this::notWritten);
    }

    /** Hands back what is under way, of which nobody knows what will become. */
    void giveUp() {
        underWay.forEach(PendingWrite::sentInVain);
        waiting.putBack(underWay);
        underWay = List.of();
    }

    /** Who asked for an intent hears that it is refused; of everything else this is all that there is. */
    private Future<List<TrailRecord>> keep(List<TrailRecord> refused) {
        List<TrailRecord> unheard =
                refused.stream().filter(one -> !(one instanceof Intent)).toList();
        return refusals.keep(unheard).map(refused);
    }

    private void written(List<PendingWrite> batch, List<TrailRecord> refused) {
        writing = false;
        if (!underWay.isEmpty()) {
            underWay = List.of();
            for (PendingWrite one : batch) {
                if (!refused.contains(one.recorded())) {
                    verdicts.durable(one);
                } else if (one.isIntent()) {
                    verdicts.refuse(one, "the database refuses the record of this request");
                } else {
                    verdicts.keptElsewhere(one);
                }
            }
            verdicts.noProblem();
        }
        pump.run();
    }

    private void notWritten(Throwable cause) {
        writing = false;
        if (!underWay.isEmpty()) {
            divert.accept(String.valueOf(cause.getMessage()));
        }
        pump.run();
    }
}
