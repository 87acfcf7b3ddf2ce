package dev.botgate.audit.writer;

import dev.botgate.audit.Attempt;
import dev.botgate.audit.AuditSettings;
import dev.botgate.audit.AuditTrail;
import dev.botgate.audit.ExchangeIds;
import dev.botgate.audit.Intent;
import dev.botgate.audit.OutagePolicy;
import dev.botgate.audit.Outcome;
import dev.botgate.audit.TrailRecord;
import dev.botgate.audit.journal.AsyncJournal;
import dev.botgate.audit.journal.Disk;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The trail: queues records, commits them to a {@link TrailStore} one batch at a time, and answers the waiting requests.
 *
 * <p>Without a journal, intents are refused while the store cannot be written, and outcomes wait for it. With a journal, once
 * a commit fails or takes longer than {@code journal.patience}, all records go to the journal until all of it is drained
 * into the store, so their order is kept. The records of that commit go to the journal first; they may be in the store too,
 * which recognizes them by their identity.
 *
 * <p>Records are written in the order of their arrival, except that large records have a queue of their own.
 *
 * <p>Works on an event loop of its own. Futures complete on the caller's context.
 */
public final class TrailWriter implements AuditTrail {
    private static final Logger log = LoggerFactory.getLogger(TrailWriter.class);
    /** Maximum interval between checks for timeouts. */
    private static final long MAX_TICK_MILLIS = 100;

    private final Vertx vertx;
    private final Context context;
    private final AuditSettings settings;
    private final ExchangeIds ids;
    private final TrailStore store;
    private final WriteQueue queue;
    private final WriteResults results;
    private final WriterMetrics metrics;
    private final StoreCommits commits;
    private final @Nullable JournalSpill spill;
    private final WriteQueueInbox inbox;
    private final WriteAdmission admission;
    private final long ticker;

    /** Completes when nothing is left to write; null until the writer is closed. Used on the context only, like the next. */
    private @Nullable Promise<Void> flushed;

    private @Nullable Future<Void> closed;

    private TrailWriter(
            Vertx vertx,
            Context context,
            AuditSettings settings,
            ExchangeIds ids,
            InstantSource clock,
            TrailStore store,
            @Nullable AsyncJournal journal,
            MeterRegistry registry) {
        this.vertx = vertx;
        this.context = context;
        this.settings = settings;
        this.ids = ids;
        this.store = store;
        this.queue = new WriteQueue();
        this.results = new WriteResults(queue, ids, clock, settings.retryAfter());
        this.metrics = new WriterMetrics(registry, queue, journal);
        WriterParts parts = new WriterParts(
                vertx,
                settings,
                store,
                new BatchBisection(store, metrics),
                queue,
                results,
                metrics,
                this::scheduleNext);
        this.spill = journal == null ? null : new JournalSpill(parts, journal);
        this.commits = new StoreCommits(parts, this::keepRefused, this::outage);
        this.inbox = new WriteQueueInbox(context, this::received, this::gatherMore, this::next);
        this.admission = new WriteAdmission(context, parts, ids, spill, inbox);
        this.ticker = vertx.setPeriodic(tickMillis(settings, journal != null), ignored -> tick());
    }

    private static long tickMillis(AuditSettings settings, boolean journaled) {
        Duration shortest = journaled ? settings.journal().patience() : settings.commitTimeout();
        return Math.max(5, Math.min(MAX_TICK_MILLIS, shortest.toMillis() / 8));
    }

    /**
     * Opens the store, and the journal if the settings have one, and begins to drain the records of earlier runs.
     *
     * @param ids learns which exchanges are settled
     * @param clock dates the outcomes that the writer adds
     * @return fails when the store is unusable, or unreachable without a journal; with {@link
     *     dev.botgate.audit.journal.JournalException} when the journal cannot be used
     */
    public static Future<TrailWriter> start(
            Vertx vertx,
            TrailStore.Opening store,
            AuditSettings settings,
            ExchangeIds ids,
            InstantSource clock,
            MeterRegistry registry) {
        return start(vertx, store, settings, ids, clock, registry, new Disk());
    }

    static Future<TrailWriter> start(
            Vertx vertx,
            TrailStore.Opening opening,
            AuditSettings settings,
            ExchangeIds ids,
            InstantSource clock,
            MeterRegistry registry,
            Disk disk) {
        Context context = vertx.getOrCreateContext();
        Promise<TrailWriter> started = Promise.promise();
        // The store is opened before there is a writer for it to wake.
        AtomicReference<Runnable> changed = new AtomicReference<>(() -> {});
        context.runOnContext(ignored -> journal(vertx, settings, disk)
                .compose(journal -> opening.open(
                                journal.map(AsyncJournal::identity).orElse(null),
                                () -> Objects.requireNonNull(changed.get()).run())
                        .map(store -> new TrailWriter(
                                vertx, context, settings, ids, clock, store, journal.orElse(null), registry))
                        .recover(cause -> journal.map(AsyncJournal::close)
                                .orElseGet(Future::succeededFuture)
                                .transform(done -> Future.failedFuture(cause))))
                .onSuccess(writer -> {
                    changed.set(writer::next);
                    writer.next();
                })
                .onComplete(started));
        return started.future();
    }

    private static Future<Optional<AsyncJournal>> journal(Vertx vertx, AuditSettings settings, Disk disk) {
        return settings.onOutage() == OutagePolicy.JOURNAL
                ? AsyncJournal.open(vertx, settings.journal(), disk).map(Optional::of)
                : Future.succeededFuture(Optional.empty());
    }

    @Override
    public Future<Void> begin(Intent intent) {
        return admission.intent(intent);
    }

    @Override
    public void attempt(Attempt attempt) {
        admission.unawaited(attempt);
    }

    @Override
    public void end(Outcome outcome) {
        admission.unawaited(outcome);
    }

    @Override
    public Future<Void> endDurably(Outcome outcome) {
        return admission.awaited(outcome);
    }

    private void received(PendingWrite pending) {
        if (pending.record() instanceof Outcome) {
            results.outcomeArrived();
        }
        queue.add(pending);
    }

    /** Whether a commit that begins a little later would hold more. During a write, new records go into the next one anyway. */
    private boolean gatherMore() {
        JournalSpill active = activeSpill();
        boolean writing = active == null ? commits.busy() : active.appending();
        return !admission.isClosed() && !writing && queue.count() < settings.maximumBatch();
    }

    private void scheduleNext() {
        inbox.schedule();
    }

    /** Begins each step that is possible now; runs after every event that may make one possible. */
    private void next() {
        if (activeSpill() == null && !(flushed != null && queue.isEmpty())) {
            commits.next();
        }
        JournalSpill active = activeSpill();
        if (active != null) {
            active.next(commits.busy());
        }
        boolean busy = active == null ? commits.busy() : active.busy();
        if (flushed != null && queue.isEmpty() && !busy) {
            flushed.tryComplete();
        }
    }

    private @Nullable JournalSpill activeSpill() {
        return spill != null && spill.active() ? spill : null;
    }

    private void outage(String reason) {
        if (spill == null) {
            results.setProblem(reason);
        } else if (!spill.active()) {
            spill.activate(reason);
        }
    }

    private Future<Void> keepRefused(List<TrailRecord> refused) {
        if (spill != null) {
            return spill.keepRefused(refused);
        }
        refused.forEach(results::neverWritten);
        return Future.succeededFuture();
    }

    private void tick() {
        long now = System.nanoTime();
        if (spill != null
                && !spill.active()
                && commits.nanos(now) > settings.journal().patience().toNanos()) {
            spill.activate("a commit takes longer than " + settings.journal().patience());
            commits.giveUp();
            next();
        }
        if (spill != null) {
            spill.tick(now);
        }
        List<PendingWrite> expired = queue.expired(now);
        if (!expired.isEmpty()) {
            expire(expired);
            next();
        }
    }

    private void expire(List<PendingWrite> expired) {
        if (spill == null && results.problem().isEmpty()) {
            results.setProblem("a record was not durable in time");
        }
        List<PendingWrite> intents =
                expired.stream().filter(PendingWrite::isIntent).toList();
        intents.forEach(one -> metrics.refusedLate());
        results.failed(expired, "the request could not be recorded in time");
        int replies = expired.size() - intents.size();
        if (replies > 0) {
            log.atWarn()
                    .addKeyValue("replies", replies)
                    .log(
                            "Replies were sent before their outcomes were durable, which took longer than audit.commit-timeout");
        }
    }

    @Override
    public Optional<String> problem() {
        return results.problem();
    }

    /** A message for the operator while records are durable, such as that the journal is in use; empty without one. */
    public Optional<String> note() {
        return spill == null ? Optional.empty() : spill.note();
    }

    /** The identity of the journal; null without one. */
    public @Nullable UUID journal() {
        return spill == null ? null : spill.identity();
    }

    /** Whether all records that earlier runs left in the journal are in the store. */
    public boolean earlierDrained() {
        return spill == null || spill.earlierDrained();
    }

    /** Whether all records of the journal are in the store. */
    public boolean drained() {
        return spill == null || spill.drained();
    }

    /** The lowest sequence of this run that is not closed in the store; empty while the journal may hold outcomes. */
    public OptionalLong firstOpen() {
        // Read before the journal's state: an exchange that was settled while the spill is inactive is settled in the
        // store.
        long first = ids.firstOpen();
        return spill != null && (spill.active() || spill.damaged()) ? OptionalLong.empty() : OptionalLong.of(first);
    }

    /**
     * Refuses intents from now on, and makes all accepted records durable, in the store or in the journal.
     *
     * @return fails when a record could be made durable in neither within {@code commitTimeout}
     */
    @Override
    public Future<Void> close() {
        admission.close();
        Promise<Void> result = PendingWrite.onCurrentContext();
        context.runOnContext(ignored -> {
            if (closed == null) {
                closed = flush().eventually(store::close)
                        .eventually(() -> spill == null ? Future.succeededFuture() : spill.closeJournal());
            }
            closed.onComplete(result);
        });
        return result.future();
    }

    private Future<Void> flush() {
        var unused = inbox.handOver();
        Promise<Void> end = Promise.promise();
        flushed = end;
        if (spill != null) {
            spill.close();
        }
        next();
        return end.future()
                .timeout(settings.commitTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .recover(late -> {
                    int left = queue.count();
                    log.atError()
                            .addKeyValue("entries", left)
                            .log("The gateway stops with entries that could not be written");
                    return Future.failedFuture(
                            new IllegalStateException(left + " entries of the trail could not be written"));
                })
                .onComplete(ended -> vertx.cancelTimer(ticker));
    }
}
