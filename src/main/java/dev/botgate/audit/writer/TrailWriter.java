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
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The trail: queues records, commits them to a {@link TrailStore} one batch at a time, and tells the requests that wait.
 *
 * <p>Without a journal, requests are refused while the store takes nothing, and outcomes wait for it. With a journal, once a
 * commit fails or takes longer than the journal's patience, everything goes to the journal, what was being committed first,
 * until all of it is drained into the store: so the order is kept. What was being committed may be in both; its identity
 * makes it one entry.
 *
 * <p>Records are written in the order in which they came, except that large ones let others pass.
 *
 * <p>Works on an event loop of its own. Futures complete on the caller's context.
 */
public final class TrailWriter implements AuditTrail {
    private static final Logger log = LoggerFactory.getLogger(TrailWriter.class);
    /** How late the end of a wait may be noticed. */
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
    private final long ticker;

    private volatile boolean closing;
    /** Touched on the context only, like the next. */
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
        BatchBisection bisection = new BatchBisection(store, metrics);
        this.spill = journal == null
                ? null
                : new JournalSpill(
                        vertx,
                        journal,
                        settings.journal(),
                        settings.maximumBatch(),
                        store,
                        bisection,
                        queue,
                        results,
                        metrics,
                        this::callSoon);
        this.commits = new StoreCommits(
                store,
                bisection,
                queue,
                results,
                metrics,
                settings.maximumBatch(),
                this::keepRefused,
                this::outage,
                this::callSoon);
        this.inbox = new WriteQueueInbox(context, this::received, this::worthWaiting, this::next);
        this.ticker = vertx.setPeriodic(tickMillis(settings, journal != null), ignored -> tick());
    }

    private static long tickMillis(AuditSettings settings, boolean journaled) {
        Duration shortest = journaled ? settings.journal().patience() : settings.commitTimeout();
        return Math.max(5, Math.min(MAX_TICK_MILLIS, shortest.toMillis() / 8));
    }

    /**
     * Opens the store, and the journal where the settings want one, and begins to drain what an earlier run left there.
     *
     * @param ids are told which exchanges are settled
     * @param clock the time of the outcomes that the writer adds
     * @return fails when the store cannot be used, or without a journal cannot be reached; with {@link
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
        Wakeup wakeup = new Wakeup();
        context.runOnContext(ignored -> journal(vertx, settings, disk)
                .compose(journal -> opening.open(
                                journal.map(AsyncJournal::identity).orElse(null), wakeup)
                        .map(store -> new TrailWriter(
                                vertx, context, settings, ids, clock, store, journal.orElse(null), registry))
                        .recover(cause -> journal.map(AsyncJournal::close)
                                .orElseGet(Future::succeededFuture)
                                .transform(done -> Future.failedFuture(cause))))
                .onSuccess(writer -> {
                    wakeup.target = writer::next;
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

    /** Lets a store be opened before there is a writer for it to wake. */
    private static final class Wakeup implements Runnable {
        private Runnable target = () -> {};

        @Override
        public void run() {
            target.run();
        }
    }

    @Override
    public Future<Void> begin(Intent intent) {
        if (closing) {
            ids.settled(intent.exchange());
            return Future.failedFuture(
                    new GatewayException(Failure.SHUTTING_DOWN, "Nothing was forwarded: the gateway is stopping"));
        }
        PendingWrite pending = PendingWrite.awaited(intent, deadline());
        queue.counted(pending);
        if (queue.count() > settings.maximumWaiting() || queue.bytes() > settings.maximumWaitingBytes()) {
            metrics.refusedFull();
            return refusedAtOnce(pending, "too many requests wait to be recorded");
        }
        if (spill != null && spill.diskFails()) {
            metrics.refusedJournalFailed();
            return refusedAtOnce(pending, "the journal cannot be written");
        }
        if (spill != null && spill.full()) {
            metrics.refusedJournalFull();
            context.runOnContext(ignored -> tellFull(spill));
            return refusedAtOnce(pending, "the database is away, and the journal is full");
        }
        inbox.put(pending);
        return pending.future();
    }

    private long deadline() {
        return System.nanoTime() + settings.commitTimeout().toNanos();
    }

    /** Refuses on the caller's thread, without a turn of the trail's event loop. */
    private Future<Void> refusedAtOnce(PendingWrite pending, String reason) {
        results.dropped(pending);
        return Future.failedFuture(results.unavailable(reason));
    }

    private void tellFull(JournalSpill journaled) {
        if (journaled.active()) {
            results.problem("the journal is full");
        }
    }

    @Override
    public void attempt(Attempt attempt) {
        put(PendingWrite.unawaited(attempt));
    }

    @Override
    public void end(Outcome outcome) {
        put(PendingWrite.unawaited(outcome));
    }

    @Override
    public Future<Void> endDurably(Outcome outcome) {
        PendingWrite pending = PendingWrite.awaited(outcome, deadline());
        put(pending);
        return pending.future().onFailure(cause -> metrics.replyUnrecorded());
    }

    private void put(PendingWrite pending) {
        queue.counted(pending);
        inbox.put(pending);
    }

    private void received(PendingWrite pending) {
        if (pending.recorded() instanceof Outcome) {
            results.outcomeCame();
        }
        queue.add(pending);
    }

    /** During a write, what comes goes into the next one anyhow. */
    private boolean worthWaiting() {
        JournalSpill active = activeSpill();
        boolean writing = active == null ? commits.busy() : active.appending();
        return !closing && !writing && queue.count() < settings.maximumBatch();
    }

    private void callSoon() {
        inbox.call();
    }

    /** Begins what can be done now; runs after whatever changes that. */
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
            results.problem(reason);
        } else if (!spill.active()) {
            spill.begin(reason);
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
            spill.begin("A commit takes longer than " + settings.journal().patience());
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
            results.problem("A record was not durable in time");
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

    /** What the operator should know although records are durable; empty when there is nothing. */
    public Optional<String> note() {
        return spill == null ? Optional.empty() : spill.note();
    }

    /** The identity of the journal; null without one. */
    public @Nullable UUID journal() {
        return spill == null ? null : spill.identity();
    }

    /** Whether everything that earlier runs left in the journal is in the store. */
    public boolean earlierDrained() {
        return spill == null || spill.earlierDrained();
    }

    /** Whether everything in the journal is in the store. */
    public boolean drained() {
        return spill == null || spill.drained();
    }

    /** The lowest sequence of this run that is not closed in the store; empty while only the journal knows. */
    public OptionalLong firstOpen() {
        // In this order: as long as records go to the store, what is settled is settled there.
        long first = ids.firstOpen();
        return spill != null && (spill.active() || spill.damaged()) ? OptionalLong.empty() : OptionalLong.of(first);
    }

    /**
     * Takes no more intents, and makes what was taken durable, in the store or in the journal.
     *
     * @return fails when something could be made durable in neither within {@code commitTimeout}
     */
    @Override
    public Future<Void> close() {
        closing = true;
        Promise<Void> heard = PendingWrite.onCurrentContext();
        context.runOnContext(ignored -> {
            if (closed == null) {
                closed = flush().eventually(store::close)
                        .eventually(() -> spill == null ? Future.succeededFuture() : spill.closeJournal());
            }
            closed.onComplete(heard);
        });
        return heard.future();
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
                    log.atError().addKeyValue("entries", left).log("Entries could not be written before the end");
                    return Future.failedFuture(
                            new IllegalStateException(left + " entries of the trail could not be written"));
                })
                .onComplete(ended -> vertx.cancelTimer(ticker));
    }
}
