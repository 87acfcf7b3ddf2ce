package dev.botgate.audit.postgres;

import dev.botgate.audit.Attempt;
import dev.botgate.audit.AuditSettings;
import dev.botgate.audit.AuditTrail;
import dev.botgate.audit.ContextPromise;
import dev.botgate.audit.ExchangeIds;
import dev.botgate.audit.Intent;
import dev.botgate.audit.Outcome;
import dev.botgate.audit.TrailRecord;
import dev.botgate.audit.waiting.PendingWrite;
import dev.botgate.audit.waiting.WriteQueue;
import dev.botgate.audit.waiting.WriteQueueInbox;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The trail in PostgreSQL: one connection, one commit at a time, and what waits meanwhile goes into the next one.
 *
 * <p>Works on an event loop of its own; whoever calls hears on the context that it called on. Entries are written in
 * the order in which they came, but for large ones, which let others go before them, and those that the database refuses.
 */
public final class PostgresTrail implements AuditTrail {
    private static final Logger log = LoggerFactory.getLogger(PostgresTrail.class);

    private final Vertx vertx;
    private final Context context;
    private final AuditSettings settings;
    private final ExchangeIds ids;
    private final TrailMetrics metrics;
    private final WriteQueue waiting = new WriteQueue();
    private final BatchWriter writer;
    private final WriteQueueInbox inbox;

    private volatile boolean closing;

    // What follows is touched on the context only.
    private boolean timerSet;
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
        this.metrics = new TrailMetrics(registry, waiting);
        this.writer = new BatchWriter(
                vertx, address, settings, ids, clock, waiting, metrics, this::callSoon, this::tellWhenDrained);
        this.inbox = new WriteQueueInbox(context, waiting::add, this::worthMore, this::received);
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
        ContextPromise started = new ContextPromise();
        Context context = vertx.getOrCreateContext();
        PostgresTrail trail = new PostgresTrail(vertx, context, address, settings, ids, clock, registry);
        context.runOnContext(ignored -> trail.writer.open().onComplete(opened -> started.complete(), started::fail));
        return started.future().map(trail);
    }

    @Override
    public Future<Void> begin(Intent intent) {
        if (closing) {
            ids.settled(intent.exchange());
            return Future.failedFuture(shuttingDown());
        }
        PendingWrite pending = new PendingWrite(
                intent, System.nanoTime() + settings.commitTimeout().toNanos());
        waiting.counted(pending);
        if (waiting.count() > settings.maximumWaiting() || waiting.bytes() > settings.maximumWaitingBytes()) {
            waiting.gone(pending);
            ids.settled(intent.exchange());
            metrics.refusedFull();
            return Future.failedFuture(writer.unavailable("too many requests wait to be recorded"));
        }
        inbox.put(pending);
        return pending.future();
    }

    @Override
    public void attempt(Attempt attempt) {
        add(attempt);
    }

    @Override
    public void end(Outcome outcome) {
        add(outcome);
    }

    private void add(TrailRecord recorded) {
        PendingWrite pending = new PendingWrite(recorded, 0);
        waiting.counted(pending);
        inbox.put(pending);
    }

    @Override
    public Optional<String> problem() {
        return writer.problem();
    }

    @Override
    public Future<Void> close() {
        closing = true;
        ContextPromise heard = new ContextPromise();
        context.runOnContext(ignored -> {
            if (closed == null) {
                var unused = inbox.handOver();
                writer.end();
                closed = drain().eventually(writer::close);
            }
            closed.onComplete(done -> heard.complete(), heard::fail);
        });
        return heard.future();
    }

    private Future<Void> drain() {
        Promise<Void> end = Promise.promise();
        drained = end;
        writer.pump();
        long timer = vertx.setTimer(settings.commitTimeout().toMillis(), ignored -> end.fail(leftBehind()));
        tellWhenDrained();
        return end.future().onComplete(ended -> vertx.cancelTimer(timer));
    }

    private void callSoon() {
        inbox.call();
    }

    /** While a commit is under way, what waits goes into the next one anyhow. */
    private boolean worthMore() {
        return drained == null && !writer.busy() && waiting.count() < settings.maximumBatch();
    }

    private void received() {
        writer.pump();
        setTimer();
    }

    private void setTimer() {
        if (timerSet) {
            return;
        }
        OptionalLong nanos = waiting.nanosLeft(System.nanoTime());
        if (nanos.isPresent()) {
            timerSet = true;
            long millis = TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong());
            vertx.setTimer(Math.max(1, millis + 1), ignored -> expire());
        }
    }

    private void expire() {
        timerSet = false;
        List<PendingWrite> late = waiting.expired(System.nanoTime());
        if (!late.isEmpty() && writer.problem().isEmpty()) {
            writer.troubled("An intent was not durable in time");
        }
        for (PendingWrite intent : late) {
            metrics.refusedLate();
            intent.fail(writer.unavailable("the request could not be recorded in time"));
        }
        writer.dropMoot();
        setTimer();
    }

    private void tellWhenDrained() {
        if (drained != null && waiting.isEmpty() && !writer.busy()) {
            drained.tryComplete();
        }
    }

    private IllegalStateException leftBehind() {
        int left = waiting.count();
        log.atError().addKeyValue("entries", left).log("Entries of the trail could not be written before the end");
        return new IllegalStateException(left + " entries of the trail could not be written");
    }

    private static GatewayException shuttingDown() {
        return new GatewayException(Failure.SHUTTING_DOWN, "Nothing was forwarded: the gateway is stopping");
    }
}
