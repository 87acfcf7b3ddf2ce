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
 * What a trail writer does with a journal: while the store is away, it appends what is queued, one append at a time; then it
 * drains the journal. Everything goes through the journal until it is empty, so the order is kept.
 *
 * <p>Used on the trail's event loop, except for what the operator and new intents ask: {@link #active}, {@link
 * #earlierDrained}, {@link #drained}, {@link #full}, {@link #diskFails} and {@link #note} are safe on any thread.
 */
final class JournalSpill {
    private static final Logger log = LoggerFactory.getLogger(JournalSpill.class);
    private static final long PAUSE_MILLIS = 100;
    /** What is kept free for the outcome of each open intent. */
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
    private boolean ending;
    private volatile boolean active;
    private volatile boolean earlierDrained;
    private volatile boolean diskFails;

    /** @param changed runs when the writer should look for its next step */
    JournalSpill(
            Vertx vertx,
            AsyncJournal journal,
            JournalSettings settings,
            int maximumBatch,
            TrailStore store,
            BatchBisection bisection,
            WriteQueue queue,
            WriteResults results,
            WriterMetrics metrics,
            Runnable changed) {
        this.vertx = vertx;
        this.journal = journal;
        this.settings = settings;
        this.maximumBatch = maximumBatch;
        this.store = store;
        this.queue = queue;
        this.results = results;
        this.metrics = metrics;
        this.changed = changed;
        this.drainer = new JournalDrainer(vertx, journal, bisection, results, metrics, this::end, changed);
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

    /** Whether what earlier runs left in the journal is in the store. */
    boolean earlierDrained() {
        return earlierDrained;
    }

    /** Whether everything in the journal is in the store. */
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

    /** Whether the journal would be too large with everything that is queued, by a careful estimate. */
    boolean full() {
        return active && roomOnDisk() - queue.bytes() - queue.count() * OUTCOME_BYTES < 0;
    }

    /** The bytes that are left for new intents and their outcomes. Outcomes are written beyond the limit too. */
    private long roomOnDisk() {
        return settings.maximumBytes() - journal.state().bytes() - results.openIntents() * OUTCOME_BYTES;
    }

    /** What the operator should know although records are durable; empty when there is nothing. */
    Optional<String> note() {
        AsyncJournal.State state = journal.state();
        List<String> notes = new ArrayList<>();
        if (active) {
            notes.add("the journal takes the trail: " + state.waiting() + " entries in " + state.bytes()
                    + " bytes wait in the journal for the database");
            drainer.problem().ifPresent(reason -> notes.add("the journal cannot be drained: " + reason));
        }
        if (!state.setAside().isEmpty()) {
            notes.add("set aside: "
                    + state.setAside().stream().map(Path::toString).collect(Collectors.joining(", ")));
        }
        return notes.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", notes));
    }

    /** From now on everything goes to the journal. */
    void begin(String reason) {
        log.atWarn().addKeyValue("reason", reason).log("The database does not take the trail; the journal takes it");
        active = true;
    }

    /** Whether it writes or drains. */
    boolean busy() {
        return appending || drainer.busy();
    }

    /** Whether queued records have to wait for an append that is under way. */
    boolean appending() {
        return appending;
    }

    /** Drains no more, and holds nothing back. */
    void close() {
        ending = true;
    }

    /**
     * Begins what can be done now.
     *
     * @param committing whether the store is still at an earlier commit
     */
    void next(boolean committing) {
        boolean drainable = !ending && store.problem().isEmpty();
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

    /** Holds new records back for no longer than the journal's patience. */
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
            long left = roomOnDisk();
            for (PendingWrite one : queue.take(maximumBatch)) {
                byte[] payload = RecordCodec.encode(one.recorded());
                long needed = RecordFrame.bytes(payload.length) + (one.isIntent() ? OUTCOME_BYTES : 0);
                if (one.mustBeRecorded() || needed <= left) {
                    batch.add(one);
                    payloads.add(payload);
                    left -= needed;
                } else {
                    metrics.refusedJournalFull();
                    results.problem("the journal is full");
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
            results.noProblem();
        }
        batch.forEach(results::durable);
        queue.forgetTold();
        changed.run();
    }

    private void notAppended(List<PendingWrite> batch, Throwable cause) {
        appending = false;
        results.problem("the journal cannot be written: " + cause.getMessage());
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

    /** Back to the store, unless something was appended during the last step. */
    private void end() {
        if (!appending && drained()) {
            active = false;
            earlierDrained = true;
            results.noProblem();
            log.atInfo().log("The journal is drained; the database takes the trail");
        }
        changed.run();
    }

    Future<Void> closeJournal() {
        return journal.close();
    }
}
