package dev.botgate.audit.postgres;

import dev.botgate.audit.GatewayRun;
import dev.botgate.audit.HeartbeatSettings;
import dev.botgate.failure.FatalErrors;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the database that this gateway lives, and closes what dead ones left open: each such intent gets the outcome
 * {@code unknown}, with the error {@code GatewayDied}. See {@link Liveness} for who is dead.
 *
 * <p>Any number of gateways do this at once: the row of a dead one is locked by the first, and an intent has room for one
 * outcome. A gateway that was only cut off, and comes back with an outcome of its own, finds the place taken; what it knew
 * is kept in {@code late_outcome}.
 *
 * <p>Works on an event loop of its own, with a short-lived connection for each beat.
 */
public final class Heartbeat {
    private static final Logger log = LoggerFactory.getLogger(Heartbeat.class);

    private final Vertx vertx;
    private final Context context;
    private final DatabaseAddress address;
    private final GatewayRun self;
    private final HeartbeatSettings settings;
    private final @Nullable UUID journal;
    private final BooleanSupplier drained;
    private final Supplier<OptionalLong> firstOpen;
    private final LongSupplier nanoTime;
    private final Liveness liveness;
    private final Counter closed;

    /** When the database heard it last, by {@code nanoTime}. */
    private volatile long heardAt;

    // What follows is touched on the context only.
    private long timer;
    private boolean failing;
    private @Nullable Long lookedAt;
    private Future<Void> round = Future.succeededFuture();

    /**
     * The heartbeat of a gateway.
     *
     * @param journal the journal that it writes to; null for none
     * @param drained whether that holds nothing of earlier runs
     * @param firstOpen the lowest sequence of this run that is not closed in the database; empty when that is not known now
     * @param nanoTime measures how long others are silent, such as {@code System::nanoTime}
     */
    public Heartbeat(
            Vertx vertx,
            DatabaseAddress address,
            GatewayRun self,
            HeartbeatSettings settings,
            @Nullable UUID journal,
            BooleanSupplier drained,
            Supplier<OptionalLong> firstOpen,
            LongSupplier nanoTime,
            MeterRegistry registry) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.address = address;
        this.self = self;
        this.settings = settings;
        this.journal = journal;
        this.drained = drained;
        this.firstOpen = firstOpen;
        this.nanoTime = nanoTime;
        this.heardAt = nanoTime.getAsLong();
        this.liveness = new Liveness(settings, journal);
        this.closed = Counter.builder("botgate.audit.recovered")
                .description("Intents of dead gateways that were closed as unknown")
                .register(registry);
    }

    /** Beats for the first time, and from then on until {@link #stop}. Fails when the first time fails. */
    public Future<Void> start() {
        Promise<Void> started = Promise.promise();
        context.runOnContext(ignored -> beat().onSuccess(beaten -> {
                    timer = vertx.setPeriodic(settings.interval().toMillis(), again -> tryAgain());
                })
                .onComplete(started));
        return started.future();
    }

    /** Beats from now on, until {@link #stop}, whether the database hears it already or not. */
    public void startUnheard() {
        context.runOnContext(ignored -> {
            timer = vertx.setPeriodic(settings.interval().toMillis(), again -> tryAgain());
            tryAgain();
        });
    }

    /** That the database has not heard it for so long that the others may close what is open here; empty when it has. */
    public Optional<String> problem() {
        Duration silent = Duration.ofNanos(nanoTime.getAsLong() - heardAt);
        return silent.compareTo(settings.deadAfter()) <= 0
                ? Optional.empty()
                : Optional.of("not heard by the database for " + silent.toSeconds() + " s (expected: at most "
                        + settings.deadAfter().toSeconds() + " s)");
    }

    /**
     * Stops, after everything else.
     *
     * @param nothingLeft whether everything that this run recorded is in the database; then the others need not wait
     */
    public Future<Void> stop(boolean nothingLeft) {
        Promise<Void> stopped = Promise.promise();
        context.runOnContext(ignored -> {
            boolean was = vertx.cancelTimer(timer);
            log.atDebug().addKeyValue("running", was).log("The heart stops");
            // A beat that the database took with it when it died is heard of late, and changes nothing any more.
            round.timeout(address.settings().connectTimeout().toMillis(), TimeUnit.MILLISECONDS)
                    .eventually(() ->
                            nothingLeft ? onConnection(runs -> runs.ended(self.runId())) : Future.succeededFuture())
                    .onComplete(stopped);
        });
        return stopped.future();
    }

    private void tryAgain() {
        if (!round.isComplete()) {
            return;
        }
        round = beat().onComplete(
                        beaten -> {
                            if (failing) {
                                log.atInfo().log("The database hears the heartbeat again");
                            }
                            failing = false;
                        },
                        cause -> {
                            FatalErrors.report(cause);
                            if (!failing) {
                                log.atWarn().setCause(cause).log("The database does not hear the heartbeat");
                            }
                            failing = true;
                        });
    }

    private Future<Void> beat() {
        long started = System.nanoTime();
        return onConnection(runs -> runs.beat(self.runId(), self.name(), journal, firstOpen.get())
                        .onSuccess(beaten -> heardAt = nanoTime.getAsLong())
                        .compose(beaten -> runs.others(self.runId()))
                        .compose(others -> {
                            if (System.nanoTime() - started
                                    > settings.deadAfter().toNanos() / 2) {
                                // The database stood still: the others may have waited as long to tell that they live.
                                liveness.blind();
                            }
                            long now = nanoTime.getAsLong();
                            if (lookedAt != null && now - lookedAt > longestPause()) {
                                // This one stood still, and perhaps all of the host: the others too.
                                liveness.blind();
                            }
                            lookedAt = now;
                            Future<Void> all = Future.succeededFuture();
                            for (Liveness.Seen dead : liveness.dead(others, drained.getAsBoolean(), now)) {
                                all = all.compose(before -> close(runs, dead));
                            }
                            return all;
                        }))
                .onFailure(cause -> liveness.blind());
    }

    /** Between two looks: two intervals, or half of the silence that counts, which a busy machine may take too. */
    private long longestPause() {
        return Math.max(2 * settings.interval().toNanos(), settings.deadAfter().toNanos() / 2);
    }

    private Future<Void> close(GatewayRuns runs, Liveness.Seen dead) {
        return runs.close(dead.runId(), dead.beatAt(), self.name(), self.runId())
                .map(count -> {
                    if (count > 0) {
                        closed.increment(count);
                        log.atWarn()
                                .addKeyValue("run", dead.runId())
                                .addKeyValue("intents", count)
                                .log("A gateway died; what it left open is closed as unknown");
                    }
                    return null;
                });
    }

    private Future<Void> onConnection(Function<GatewayRuns, Future<Void>> work) {
        return address.connect(vertx, "botgate heartbeat")
                .compose(connection -> work.apply(new GatewayRuns(connection, address.schema()))
                        .timeout(settings.deadAfter().toMillis(), TimeUnit.MILLISECONDS)
                        .eventually(connection::close));
    }
}
