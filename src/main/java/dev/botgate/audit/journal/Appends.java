package dev.botgate.audit.journal;

import dev.botgate.audit.waiting.PendingWrite;
import dev.botgate.audit.waiting.WriteQueue;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way by the journal: what waits goes there, one append at a time, as long as there is room.
 *
 * <p>Used on the trail's context.
 */
final class Appends {
    private static final Logger log = LoggerFactory.getLogger(Appends.class);
    private static final long PAUSE_MILLIS = 100;
    private final Vertx vertx;
    private final AsyncJournal journal;
    private final WriteQueue waiting;
    private final Verdicts verdicts;
    private final JournalMetrics metrics;
    private final JournalQuota room;
    private final int maximumBatch;
    private final Runnable pump;
    private boolean appending;
    private volatile boolean pausing;

    /**
     * Appends of what is in {@code waiting}.
     *
     * @param pump runs when an append has ended, and when one is worth a try again
     */
    Appends(
            Vertx vertx,
            AsyncJournal journal,
            WriteQueue waiting,
            Verdicts verdicts,
            JournalMetrics metrics,
            JournalQuota room,
            int maximumBatch,
            Runnable pump) {
        this.vertx = vertx;
        this.journal = journal;
        this.waiting = waiting;
        this.verdicts = verdicts;
        this.metrics = metrics;
        this.room = room;
        this.maximumBatch = maximumBatch;
        this.pump = pump;
    }

    /** Whether an append is under way. */
    boolean busy() {
        return appending;
    }

    /** Whether the last append failed, just now. Known on any thread. */
    boolean failing() {
        return pausing;
    }

    /** Begins the next one, unless one is under way; refuses what there is no room for. */
    void next() {
        while (!appending && !pausing && !waiting.isEmpty()) {
            List<PendingWrite> batch = new ArrayList<>();
            List<byte[]> payloads = new ArrayList<>();
            long left = room.onDisk();
            for (PendingWrite one : waiting.take(maximumBatch)) {
                byte[] payload = RecordCodec.encode(one.recorded());
                long needed = RecordFrame.bytes(payload.length) + (one.isIntent() ? JournalQuota.OUTCOME_BYTES : 0);
                if (one.mustBeRecorded() || needed <= left) {
                    batch.add(one);
                    payloads.add(payload);
                    left -= needed;
                } else {
                    metrics.refusedFull();
                    verdicts.problem("the journal is full");
                    verdicts.refuse(one, "the database is away, and the journal is full");
                }
            }
            if (!batch.isEmpty()) {
                appending = true;
                journal.append(payloads).onComplete(done -> appended(batch), cause -> notAppended(batch, cause));
            }
        }
    }

    private void appended(List<PendingWrite> batch) {
        appending = false;
        metrics.appended(batch.size());
        if (batch.stream().anyMatch(PendingWrite::isIntent)) {
            verdicts.noProblem();
        }
        batch.forEach(verdicts::durable);
        pump.run();
    }

    private void notAppended(List<PendingWrite> batch, Throwable cause) {
        appending = false;
        if (verdicts.problem().isEmpty()) {
            log.atError().setCause(cause).log("The journal cannot be written");
        }
        verdicts.problem("the journal cannot be written: " + cause.getMessage());
        waiting.putBack(batch);
        List<PendingWrite> untold = waiting.untold();
        untold.forEach(one -> metrics.refusedByDisk());
        verdicts.failed(untold, "the journal cannot be written");
        pausing = true;
        vertx.setTimer(PAUSE_MILLIS, ignored -> {
            pausing = false;
            pump.run();
        });
        pump.run();
    }
}
