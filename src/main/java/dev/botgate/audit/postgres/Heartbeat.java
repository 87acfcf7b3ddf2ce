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
 * Writes this gateway's heartbeat to the database, and closes the open intents of dead gateways with the outcome {@code
 * unknown} and the error {@code GatewayDied}. {@link Liveness} decides which gateways are dead.
 *
 * <p>Any number of gateways may do this at once: the first locks the row of a dead gateway, and an intent has one outcome.
 * If a gateway was only cut off, its own outcome comes too late and is kept in {@code late_outcome}.
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

    /** When the database last confirmed a beat, by {@code nanoTime}. */
    private volatile long lastBeatAt;

    // The fields below are used on the context only.
    private long timer;
    private boolean failing;
    private @Nullable Long lastRoundAt;
    private Future<Void> round = Future.succeededFuture();

    /**
     * The heartbeat of a gateway.
     *
     * @param journal the journal that it writes to; null for none
     * @param drained whether the journal holds no records of earlier runs
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
        this.lastBeatAt = nanoTime.getAsLong();
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

    /** Beats from now on until {@link #stop}, even while the database is away. */
    public void startInBackground() {
        context.runOnContext(ignored -> {
            timer = vertx.setPeriodic(settings.interval().toMillis(), again -> tryAgain());
            tryAgain();
        });
    }

    /** Why other gateways may close open entries of this one: no beat for {@code dead-after}; empty when there was one. */
    public Optional<String> problem() {
        Duration silent = Duration.ofNanos(nanoTime.getAsLong() - lastBeatAt);
        return silent.compareTo(settings.deadAfter()) <= 0
                ? Optional.empty()
                : Optional.of("not heard by the database for " + silent.toSeconds() + " s (expected: at most "
                        + settings.deadAfter().toSeconds() + " s)");
    }

    /**
     * Stops the heartbeat, after all other parts of the gateway.
     *
     * @param nothingLeft whether all records of this run are in the database; then other gateways need not wait
     */
    public Future<Void> stop(boolean nothingLeft) {
        Promise<Void> stopped = Promise.promise();
        context.runOnContext(ignored -> {
            boolean was = vertx.cancelTimer(timer);
            log.atDebug().addKeyValue("running", was).log("Heartbeat stopped");
            // A beat in progress while the database dies may never complete.
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
                                log.atInfo().log("The heartbeat is written to the database again");
                            }
                            failing = false;
                        },
                        cause -> {
                            FatalErrors.report(cause);
                            if (!failing) {
                                log.atWarn().setCause(cause).log("The heartbeat could not be written to the database");
                            }
                            failing = true;
                        });
    }

    private Future<Void> beat() {
        long started = System.nanoTime();
        return onConnection(runs -> runs.beat(self.runId(), self.name(), journal, firstOpen.get())
                        .onSuccess(beaten -> lastBeatAt = nanoTime.getAsLong())
                        .compose(beaten -> runs.others(self.runId()))
                        .compose(others -> {
                            if (System.nanoTime() - started
                                    > settings.deadAfter().toNanos() / 2) {
                                // The database was stalled: the beats of other gateways may be late too.
                                liveness.restart();
                            }
                            long now = nanoTime.getAsLong();
                            if (lastRoundAt != null && now - lastRoundAt > maximumPause()) {
                                // This process was suspended, perhaps with its whole host: other gateways may have been
                                // too.
                                liveness.restart();
                            }
                            lastRoundAt = now;
                            Future<Void> all = Future.succeededFuture();
                            for (Liveness.Seen dead : liveness.dead(others, drained.getAsBoolean(), now)) {
                                all = all.compose(before -> close(runs, dead));
                            }
                            return all;
                        }))
                .onFailure(cause -> liveness.restart());
    }

    /** Maximum time between two rounds: two intervals, or half of {@code dead-after} for busy machines. */
    private long maximumPause() {
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
                                .log("A gateway died; its open intents were closed as unknown");
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
