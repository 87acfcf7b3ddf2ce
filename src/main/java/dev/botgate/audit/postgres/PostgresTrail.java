package dev.botgate.audit.postgres;

import dev.botgate.audit.Attempt;
import dev.botgate.audit.AuditSettings;
import dev.botgate.audit.AuditTrail;
import dev.botgate.audit.CallerPromise;
import dev.botgate.audit.ExchangeIds;
import dev.botgate.audit.Intent;
import dev.botgate.audit.Outcome;
import dev.botgate.audit.Recorded;
import dev.botgate.audit.waiting.Pending;
import dev.botgate.audit.waiting.Waiting;
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
    private final Waiting waiting = new Waiting();
    private final TrailLink link;

    private volatile @Nullable String problem;
    private volatile boolean closing;

    // What follows is touched on the context only.
    private boolean writing;
    private boolean pumping;
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
        this.metrics = new TrailMetrics(registry, waiting);
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
        Pending pending =
                new Pending(intent, System.nanoTime() + settings.commitTimeout().toNanos());
        waiting.counted(pending);
        if (waiting.count() > settings.maximumWaiting() || waiting.bytes() > settings.maximumWaitingBytes()) {
            dropped(pending);
            metrics.refusedFull();
            return Future.failedFuture(unavailable("too many requests wait to be recorded"));
        }
        context.runOnContext(ignored -> {
            waiting.add(pending);
            pumpSoon();
            setTimer();
        });
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

    private void add(Recorded recorded) {
        Pending pending = new Pending(recorded, 0);
        waiting.counted(pending);
        context.runOnContext(ignored -> {
            waiting.add(pending);
            pumpSoon();
        });
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

    /** Writes what waits once all is there that comes in the same turn of the event loop: it goes together. */
    private void pumpSoon() {
        if (!writing && !pumping) {
            pumping = true;
            context.runOnContext(ignored -> {
                pumping = false;
                pump();
            });
        }
    }

    /** Writes what waits, unless a write is under way or none is possible; nothing at all where it is to be found out whether one is. */
    private void pump() {
        TrailConnection connection = link.usable();
        if (writing || connection == null || (waiting.isEmpty() && problem == null)) {
            return;
        }
        writing = true;
        Batch batch = new Batch(waiting.take(suspects.limit(settings.maximumBatch())));
        long started = System.nanoTime();
        connection
                .write(batch.intents(), batch.attempts(), batch.outcomes())
                .onComplete(written -> committed(batch, System.nanoTime() - started), cause -> failed(batch, cause));
    }

    private void committed(Batch batch, long nanos) {
        writing = false;
        suspects.cleared(batch.size());
        metrics.committed(batch, nanos);
        for (Pending entry : batch.entries()) {
            waiting.gone(entry);
            if (entry.recorded() instanceof Outcome outcome) {
                ids.settled(outcome.exchange());
            } else if (entry.isIntent() && !entry.told()) {
                entry.succeed();
            } else if (entry.isIntent()) {
                closeUnforwarded(entry.recorded());
            }
        }
        waiting.forgetTold();
        recovered();
        tellWhenDrained();
        pump();
    }

    /** An intent that came too late is in the trail nevertheless. */
    private void closeUnforwarded(Recorded intent) {
        Pending outcome = new Pending(Outcome.notForwarded(intent.exchange(), clock.instant()), 0);
        waiting.counted(outcome);
        waiting.add(outcome);
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
            batch.entries().forEach(Pending::sentInVain);
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
        waiting.putBack(batch.entries());
        waiting.dropMoot(this::dropped);
    }

    /** Nothing that is tried again would change the database's mind about {@code entry}. */
    private void refused(Pending entry, Throwable cause) {
        waiting.gone(entry);
        log.atError()
                .addKeyValue("sqlState", WriteFailure.sqlState(cause))
                .log("The database refuses an entry of the trail");
        if (entry.isIntent()) {
            metrics.refusedUnstorable();
            ids.settled(entry.recorded().exchange());
            if (!entry.told()) {
                entry.fail(unavailable("the database refuses the record of this request"));
            }
        }
        Recorded bare = entry.recorded().withoutNames();
        if (!bare.equals(entry.recorded())) {
            Pending pending = new Pending(bare, 0);
            waiting.counted(pending);
            waiting.putBack(List.of(pending));
        }
        tellWhenDrained();
    }

    private void troubled(String what) {
        if (!closing && !what.equals(problem)) {
            log.atWarn().addKeyValue("problem", what).log("The trail cannot be written");
        }
        problem = what;
    }

    private void setTimer() {
        OptionalLong nanos = waiting.nanosLeft(System.nanoTime());
        if (!timerSet && nanos.isPresent()) {
            timerSet = true;
            long millis = TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong());
            vertx.setTimer(Math.max(1, millis + 1), ignored -> expire());
        }
    }

    private void expire() {
        timerSet = false;
        List<Pending> late = waiting.expired(System.nanoTime());
        if (!late.isEmpty() && problem == null) {
            troubled("An intent was not durable in time");
        }
        for (Pending intent : late) {
            metrics.refusedLate();
            intent.fail(unavailable("the request could not be recorded in time"));
        }
        waiting.dropMoot(this::dropped);
        tellWhenDrained();
        setTimer();
    }

    /** It will never be in the trail, and who asked for it knows. */
    private void dropped(Pending intent) {
        waiting.gone(intent);
        ids.settled(intent.recorded().exchange());
    }

    private void tellWhenDrained() {
        if (drained != null && waiting.isEmpty() && !writing) {
            drained.tryComplete();
        }
    }

    private IllegalStateException leftBehind() {
        int left = waiting.count();
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
