package dev.botgate.audit.postgres;

import dev.botgate.audit.Attempt;
import dev.botgate.audit.AuditSettings;
import dev.botgate.audit.AuditTrail;
import dev.botgate.audit.CallerPromise;
import dev.botgate.audit.ExchangeIds;
import dev.botgate.audit.Intent;
import dev.botgate.audit.Outcome;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The trail in PostgreSQL: one connection, one commit at a time, and what waits meanwhile goes into the next one.
 *
 * <p>Works on an event loop of its own; whoever calls hears on the context that it called on. Entries are written in
 * the order in which they came, but for those that the database refuses.
 */
public final class PostgresTrail implements AuditTrail {
    private static final Logger log = LoggerFactory.getLogger(PostgresTrail.class);

    private final Vertx vertx;
    private final Context context;
    private final AuditSettings settings;
    private final ExchangeIds ids;
    private final InstantSource clock;
    private final TrailMetrics metrics;
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong waitingBytes = new AtomicLong();
    private final TrailLink link;

    private volatile @Nullable String problem;
    private volatile boolean closing;

    // What follows is touched on the context only.
    private final Deque<Pending> queue = new ArrayDeque<>();
    private final Deque<Pending.OfIntent> awaited = new ArrayDeque<>();
    private boolean writing;
    private boolean timerSet;
    private final Suspects suspects = new Suspects();
    private @Nullable Promise<Void> drained;
    private @Nullable Future<Void> closed;

    private PostgresTrail(
            Vertx vertx,
            Context context,
            DatabaseAddress address,
            AuditSettings settings,
            ExchangeIds ids,
            InstantSource clock,
            MeterRegistry registry) {
        this.vertx = vertx;
        this.context = context;
        this.settings = settings;
        this.ids = ids;
        this.clock = clock;
        this.metrics = new TrailMetrics(registry, waiting, waitingBytes);
        this.link = new TrailLink(
                vertx, address, ids.gateway().boot(), settings.commitTimeout(), this::pump, this::troubled);
    }

    /**
     * Connects, and finds out whether the trail can be written.
     *
     * @param ids are told which exchanges are settled
     * @param clock tells the time of the outcomes that the trail adds itself
     */
    public static Future<PostgresTrail> start(
            Vertx vertx,
            DatabaseAddress address,
            AuditSettings settings,
            ExchangeIds ids,
            InstantSource clock,
            MeterRegistry registry) {
        CallerPromise started = new CallerPromise();
        Context context = vertx.getOrCreateContext();
        PostgresTrail trail = new PostgresTrail(vertx, context, address, settings, ids, clock, registry);
        context.runOnContext(ignored -> trail.link.open().onComplete(opened -> started.complete(), started::fail));
        return started.future().map(trail);
    }

    @Override
    public Future<Void> begin(Intent intent) {
        if (closing) {
            ids.settled(intent.exchange());
            return Future.failedFuture(shuttingDown());
        }
        Pending.OfIntent pending = new Pending.OfIntent(
                intent, System.nanoTime() + settings.commitTimeout().toNanos());
        admit(pending);
        if (waiting.get() > settings.maximumWaiting() || waitingBytes.get() > settings.maximumWaitingBytes()) {
            release(pending);
            ids.settled(intent.exchange());
            metrics.refusedFull();
            return Future.failedFuture(unavailable("too many requests wait to be recorded"));
        }
        context.runOnContext(ignored -> {
            awaited.add(pending);
            enqueue(pending);
            setTimer();
        });
        return pending.future();
    }

    @Override
    public void attempt(Attempt attempt) {
        add(new Pending.OfAttempt(attempt));
    }

    @Override
    public void end(Outcome outcome) {
        add(new Pending.OfOutcome(outcome));
    }

    private void add(Pending pending) {
        admit(pending);
        context.runOnContext(ignored -> enqueue(pending));
    }

    @Override
    public Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    @Override
    public Future<Void> close() {
        closing = true;
        CallerPromise heard = new CallerPromise();
        context.runOnContext(ignored -> {
            if (closed == null) {
                closed = drain().eventually(link::close);
            }
            closed.onComplete(done -> heard.complete(), heard::fail);
        });
        return heard.future();
    }

    private Future<Void> drain() {
        Promise<Void> end = Promise.promise();
        drained = end;
        long timer = vertx.setTimer(settings.commitTimeout().toMillis(), ignored -> end.fail(leftBehind()));
        tellWhenDrained();
        return end.future().onComplete(ended -> vertx.cancelTimer(timer));
    }

    private void admit(Pending entry) {
        waiting.incrementAndGet();
        waitingBytes.addAndGet(entry.bytes());
    }

    private void release(Pending entry) {
        waiting.decrementAndGet();
        waitingBytes.addAndGet(-entry.bytes());
    }

    private void enqueue(Pending entry) {
        queue.add(entry);
        pump();
    }

    /** Writes what waits, unless a write is under way or none is possible; nothing at all where it is to be found out whether one is. */
    private void pump() {
        TrailConnection connection = link.usable();
        if (writing || connection == null || (queue.isEmpty() && problem == null)) {
            return;
        }
        writing = true;
        Batch batch = Batch.takenFrom(queue, suspects.limit(settings.maximumBatch()));
        long started = System.nanoTime();
        connection
                .write(batch.intents(), batch.attempts(), batch.outcomes())
                .onComplete(written -> committed(batch, System.nanoTime() - started), cause -> failed(batch, cause));
    }

    private void committed(Batch batch, long nanos) {
        writing = false;
        suspects.cleared(batch.size());
        metrics.committed(batch, nanos);
        batch.entries().forEach(this::release);
        batch.outcomes().forEach(outcome -> ids.settled(outcome.exchange()));
        for (Pending.OfIntent pending : batch.pendingIntents()) {
            if (pending.settled()) {
                closeUnforwarded(pending.intent());
            } else {
                pending.succeed();
            }
        }
        while (!awaited.isEmpty() && awaited.peek().settled()) {
            awaited.remove();
        }
        recovered();
        tellWhenDrained();
        pump();
    }

    /** An intent that came too late is in the trail nevertheless. */
    private void closeUnforwarded(Intent intent) {
        Pending outcome = new Pending.OfOutcome(Outcome.notForwarded(intent.exchange(), clock.instant()));
        admit(outcome);
        queue.add(outcome);
    }

    private void recovered() {
        link.worked();
        if (problem != null) {
            log.atInfo().log("The trail can be written again");
            problem = null;
        }
    }

    private void failed(Batch batch, Throwable cause) {
        writing = false;
        metrics.retried(batch);
        WriteFailure failure = WriteFailure.of(cause);
        if (failure == WriteFailure.UNCERTAIN || cause instanceof PartlyWrittenException) {
            batch.pendingIntents().forEach(Pending.OfIntent::sentInVain);
        }
        switch (failure) {
            case ENTRY_REFUSED -> {
                if (batch.size() == 1) {
                    suspects.convicted();
                    refused(batch.entries().get(0), cause);
                } else {
                    suspects.found(batch.size());
                    putBack(batch);
                }
                pump();
            }
            case NOT_WRITTEN -> {
                putBack(batch);
                troubled("The database does not take the trail: " + cause.getMessage());
                link.pause();
            }
            case UNCERTAIN -> {
                putBack(batch);
                troubled("A write to the database failed midway: " + cause.getMessage());
                link.renew();
            }
        }
    }

    private void putBack(Batch batch) {
        for (int i = batch.size() - 1; i >= 0; i--) {
            queue.addFirst(batch.entries().get(i));
        }
        dropMoot();
    }

    /** Nothing that is tried again would change the database's mind about {@code entry}. */
    private void refused(Pending entry, Throwable cause) {
        release(entry);
        log.atError()
                .addKeyValue("sqlState", WriteFailure.sqlState(cause))
                .log("The database refuses an entry of the trail");
        if (entry instanceof Pending.OfIntent pending) {
            metrics.refusedUnstorable();
            ids.settled(pending.intent().exchange());
            if (!pending.settled()) {
                pending.fail(unavailable("the database refuses the record of this request"));
            }
        }
        entry.withoutNames().ifPresent(bare -> {
            admit(bare);
            queue.addFirst(bare);
        });
        tellWhenDrained();
    }

    private void troubled(String what) {
        if (!closing && !what.equals(problem)) {
            log.atWarn().addKeyValue("problem", what).log("The trail cannot be written");
        }
        problem = what;
    }

    private void setTimer() {
        Pending.OfIntent oldest = awaited.peek();
        if (!timerSet && oldest != null) {
            timerSet = true;
            long millis = TimeUnit.NANOSECONDS.toMillis(oldest.nanosLeft(System.nanoTime()));
            vertx.setTimer(Math.max(1, millis + 1), ignored -> expire());
        }
    }

    private void expire() {
        timerSet = false;
        long now = System.nanoTime();
        for (Pending.OfIntent oldest = awaited.peek();
                oldest != null && (oldest.settled() || oldest.nanosLeft(now) <= 0);
                oldest = awaited.peek()) {
            awaited.remove();
            if (!oldest.settled()) {
                metrics.refusedLate();
                if (problem == null) {
                    troubled("An intent was not durable in time");
                }
                oldest.fail(unavailable("the request could not be recorded in time"));
            }
        }
        dropMoot();
        tellWhenDrained();
        setTimer();
    }

    private void dropMoot() {
        queue.removeIf(entry -> {
            if (entry instanceof Pending.OfIntent intent && intent.moot()) {
                release(intent);
                ids.settled(intent.intent().exchange());
                return true;
            }
            return false;
        });
    }

    private void tellWhenDrained() {
        if (drained != null && queue.isEmpty() && !writing) {
            drained.tryComplete();
        }
    }

    private IllegalStateException leftBehind() {
        int left = waiting.get();
        log.atError().addKeyValue("entries", left).log("Entries of the trail could not be written before the end");
        return new IllegalStateException(left + " entries of the trail could not be written");
    }

    private GatewayException unavailable(String why) {
        return new GatewayException(Failure.AUDIT_UNAVAILABLE, "Nothing was forwarded: " + why, settings.retryAfter());
    }

    private static GatewayException shuttingDown() {
        return new GatewayException(Failure.SHUTTING_DOWN, "Nothing was forwarded: the gateway is stopping");
    }
}
