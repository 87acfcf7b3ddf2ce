package dev.botgate.audit.writer;

import dev.botgate.audit.JournalSettings;
import dev.botgate.audit.TrailRecord;
import dev.botgate.audit.journal.AsyncJournal;
import dev.botgate.audit.journal.RecordCodec;
import dev.botgate.audit.journal.RecordFrame;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Spills records to the journal while the store is away: appends queued records, one append at a time, and drains the
 * journal once the store is back. All records go through the journal until it is empty, so their order is kept.
 *
 * <p>Used on the trail's event loop; {@link #active}, {@link #earlierDrained}, {@link #drained}, {@link #full}, {@link
 * #diskFails} and {@link #note} are safe on any thread.
 */
final class JournalSpill {
    private static final Logger log = LoggerFactory.getLogger(JournalSpill.class);
    private static final long PAUSE_MILLIS = 100;
    /** Reserved for the outcome of each open intent. */
    private static final long OUTCOME_BYTES = 1_024;

    private final Vertx vertx;
    private final AsyncJournal journal;
    private final JournalSettings settings;
    private final int maximumBatch;
    private final TrailStore store;
    private final WriteQueue queue;
    private final WriteResults results;
    private final WriterMetrics metrics;
    private final JournalDrainer drainer;
    private final Runnable changed;
    private boolean appending;
    private boolean closing;
    private volatile boolean active;
    private volatile boolean earlierDrained;
    private volatile boolean diskFails;

    JournalSpill(WriterParts parts, AsyncJournal journal) {
        this.vertx = parts.vertx();
        this.journal = journal;
        this.settings = parts.settings().journal();
        this.maximumBatch = parts.settings().maximumBatch();
        this.store = parts.store();
        this.queue = parts.queue();
        this.results = parts.results();
        this.metrics = parts.metrics();
        this.changed = parts.changed();
        this.drainer = new JournalDrainer(parts, journal, this::deactivate);
        this.earlierDrained = drained();
        this.active = !earlierDrained || store.problem().isPresent();
    }

    UUID identity() {
        return journal.identity();
    }

    /** Whether records go to the journal, not to the store. */
    boolean active() {
        return active;
    }

    /** Whether all records that earlier runs left in the journal are in the store. */
    boolean earlierDrained() {
        return earlierDrained;
    }

    /** Whether all records of the journal are in the store. */
    boolean drained() {
        return journal.state().waiting() == 0;
    }

    /** Whether records of the journal were lost by damage. */
    boolean damaged() {
        return journal.state().damages() > 0;
    }

    boolean diskFails() {
        return active && diskFails;
    }

    /** Whether the journal would exceed its maximum size with all queued records; estimated on the safe side. */
    boolean full() {
        return active && freeBytes() - queue.bytes() - queue.count() * OUTCOME_BYTES < 0;
    }

    /** The bytes left for new intents and their outcomes. Outcomes are written even beyond the maximum size. */
    private long freeBytes() {
        return settings.maximumBytes() - journal.state().bytes() - results.openIntents() * OUTCOME_BYTES;
    }

    /** A message for the operator while records are durable; empty without one. */
    Optional<String> note() {
        AsyncJournal.State state = journal.state();
        List<String> notes = new ArrayList<>();
        if (active) {
            notes.add("the trail is written to the journal: " + state.waiting() + " entries in " + state.bytes()
                    + " bytes wait in the journal for the database");
            drainer.problem().ifPresent(reason -> notes.add("the journal cannot be drained: " + reason));
        }
        if (!state.setAside().isEmpty()) {
            notes.add("set aside: "
                    + state.setAside().stream().map(Path::toString).collect(Collectors.joining(", ")));
        }
        return notes.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", notes));
    }

    /** Sends all records to the journal from now on. */
    void activate(String reason) {
        log.atWarn()
                .addKeyValue("reason", reason)
                .log("The database cannot record the trail; records go to the journal");
        active = true;
    }

    /** Whether an append or a drain step is under way. */
    boolean busy() {
        return appending || drainer.busy();
    }

    /** Whether queued records have to wait for an append that is under way. */
    boolean appending() {
        return appending;
    }

    /** Stops draining, and holds no records back. */
    void close() {
        closing = true;
    }

    /**
     * Begins what can be done now.
     *
     * @param committing whether a commit to the store is still under way
     */
    void next(boolean committing) {
        boolean drainable = !closing && store.problem().isEmpty();
        if (!drainable) {
            drainer.release();
        }
        if (!drainer.holding()) {
            append();
        }
        if (drainable && !committing) {
            drainer.next(appending);
        }
    }

    /** Lets records go that have been held back for longer than {@code journal.patience}. */
    void tick(long nowNanos) {
        if (drainer.heldNanos(nowNanos) > settings.patience().toNanos()) {
            drainer.release();
            changed.run();
        }
    }

    /** Keeps records that the store refuses in a file. */
    Future<Void> keepRefused(List<TrailRecord> refused) {
        return journal.keepRefused(refused.stream().map(RecordCodec::encode).toList())
                .onSuccess(kept -> {
                    metrics.keptRefused(refused.size());
                    refused.forEach(results::neverWritten);
                });
    }

    private void append() {
        while (!appending && !diskFails && !queue.isEmpty()) {
            List<PendingWrite> batch = new ArrayList<>();
            List<byte[]> payloads = new ArrayList<>();
            long left = freeBytes();
            for (PendingWrite one : queue.take(maximumBatch)) {
                byte[] payload = RecordCodec.encode(one.record());
                long needed = RecordFrame.bytes(payload.length) + (one.isIntent() ? OUTCOME_BYTES : 0);
                if (one.mustBeWritten() || needed <= left) {
                    batch.add(one);
                    payloads.add(payload);
                    left -= needed;
                } else {
                    metrics.refusedJournalFull();
                    results.setProblem("the journal is full");
                    results.refused(one, "the database is away, and the journal is full");
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
            results.clearProblem();
        }
        batch.forEach(results::durable);
        queue.forgetAnswered();
        changed.run();
    }

    private void notAppended(List<PendingWrite> batch, Throwable cause) {
        appending = false;
        results.setProblem("the journal cannot be written: " + cause.getMessage());
        queue.putBack(batch);
        List<PendingWrite> refused = queue.awaitedIntents();
        refused.forEach(one -> metrics.refusedJournalFailed());
        results.failed(refused, "the journal cannot be written");
        diskFails = true;
        vertx.setTimer(PAUSE_MILLIS, ignored -> {
            diskFails = false;
            changed.run();
        });
        changed.run();
    }

    /** Returns to the store, unless records were appended during the last step. */
    private void deactivate() {
        if (!appending && drained()) {
            active = false;
            earlierDrained = true;
            results.clearProblem();
            log.atInfo().log("The journal is drained; records go to the database");
        }
        changed.run();
    }

    Future<Void> closeJournal() {
        return journal.close();
    }
}
