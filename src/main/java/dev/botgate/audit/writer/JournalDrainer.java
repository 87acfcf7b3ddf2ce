package dev.botgate.audit.writer;

import dev.botgate.audit.TrailRecord;
import dev.botgate.audit.journal.AsyncJournal;
import dev.botgate.audit.journal.JournalChunk;
import dev.botgate.audit.journal.RecordCodec;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Moves records from the journal to the store, in order, chunk by chunk. During the last chunk, new records are held back,
 * so that the journal becomes empty.
 *
 * <p>A chunk may be too large for a slow store: after a failure the next one has half as many records, and each success
 * doubles the number again.
 *
 * <p>Used on the trail's event loop, except for {@link #problem}, which is safe on any thread.
 */
final class JournalDrainer {
    private static final Logger log = LoggerFactory.getLogger(JournalDrainer.class);
    private static final long PAUSE_MILLIS = 100;
    /** No request waits for these, so the commits may be large. */
    private static final int MAX_RECORDS = 1_000;

    private static final int MAX_BYTES = 8 << 20;

    private final Vertx vertx;
    private final AsyncJournal journal;
    private final BatchBisection bisection;
    private final WriteResults results;
    private final WriterMetrics metrics;
    private final Runnable drained;
    private final Runnable stepEnded;
    private int maximumRecords = MAX_RECORDS;
    private boolean busy;
    private boolean pausing;
    private boolean holding;
    private long heldSince;
    private volatile @Nullable String problem;

    /**
     * An idle drainer.
     *
     * @param drained runs when the journal is empty
     */
    JournalDrainer(WriterParts parts, AsyncJournal journal, Runnable drained) {
        this.vertx = parts.vertx();
        this.journal = journal;
        this.bisection = parts.bisection();
        this.results = parts.results();
        this.metrics = parts.metrics();
        this.drained = drained;
        this.stepEnded = parts.changed();
    }

    /** Why the last step failed; empty when it did not. */
    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /** Whether a step is under way. */
    boolean busy() {
        return busy;
    }

    /** Whether new records wait for the end of the step. */
    boolean holding() {
        return holding;
    }

    /** How long new records have been held back; 0 when they are not. */
    long heldNanos(long nowNanos) {
        return holding ? nowNanos - heldSince : 0;
    }

    /** Lets new records go. */
    void release() {
        holding = false;
    }

    private void hold() {
        if (!holding) {
            heldSince = System.nanoTime();
        }
        holding = true;
    }

    /**
     * Takes the next step, unless one is under way.
     *
     * @param appending whether the journal is being written
     */
    void next(boolean appending) {
        if (busy || pausing) {
            return;
        }
        if (journal.state().waiting() > 0) {
            busy = true;
            journal.read(maximumRecords, MAX_BYTES)
                    .compose(chunk -> chunk.map(this::move).orElseGet(() -> Future.succeededFuture(true)))
                    .onComplete(this::moved, this::notMoved);
        } else if (!appending) {
            hold();
            busy = true;
            journal.deleteReleased().onComplete(done -> finished(), cause -> {
                log.atWarn().setCause(cause).log("The journal's last segment could not be deleted");
                finished();
            });
        }
    }

    /** Moves a chunk; the result tells whether it was the last. */
    private Future<Boolean> move(JournalChunk chunk) {
        List<TrailRecord> records = new ArrayList<>();
        List<byte[]> unreadable = new ArrayList<>();
        for (byte[] payload : chunk.payloads()) {
            try {
                records.add(RecordCodec.decode(payload));
            } catch (IllegalArgumentException e) {
                log.atError().setCause(e).log("A record of the journal cannot be read");
                unreadable.add(payload);
            }
        }
        return (records.isEmpty() ? Future.succeededFuture(List.<TrailRecord>of()) : bisection.write(records))
                .onFailure(cause -> maximumRecords = Math.max(1, records.size() / 2))
                .compose(refused -> keep(refused, unreadable, chunk))
                .compose(kept -> journal.release(chunk))
                .map(released -> {
                    maximumRecords = Math.min(MAX_RECORDS, 2 * maximumRecords);
                    metrics.drained(records.size());
                    return chunk.last();
                });
    }

    private Future<Void> keep(List<TrailRecord> refused, List<byte[]> unreadable, JournalChunk chunk) {
        List<byte[]> payloads = new ArrayList<>(unreadable);
        refused.forEach(one -> payloads.add(RecordCodec.encode(one)));
        return payloads.isEmpty()
                ? Future.succeededFuture()
                : journal.keepRefused(payloads, chunk).onSuccess(kept -> {
                    metrics.keptRefused(payloads.size());
                    refused.forEach(results::neverWritten);
                });
    }

    private void moved(boolean last) {
        busy = false;
        problem = null;
        if (last) {
            hold();
        }
        stepEnded.run();
    }

    private void notMoved(Throwable cause) {
        log.atLevel(problem == null ? Level.WARN : Level.DEBUG)
                .setCause(cause)
                .log("The journal could not be drained; the next try follows");
        // The database's message may quote a record.
        problem = cause instanceof IOException ? String.valueOf(cause.getMessage()) : "the database cannot record it";
        busy = false;
        holding = false;
        pausing = true;
        vertx.setTimer(PAUSE_MILLIS, ignored -> {
            pausing = false;
            stepEnded.run();
        });
        stepEnded.run();
    }

    private void finished() {
        busy = false;
        holding = false;
        drained.run();
    }
}
