package dev.botgate.endtoend.fleet;

import static dev.botgate.testing.Await.await;
import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.endtoend.fleet.Arrivals.Arrival;
import dev.botgate.endtoend.fleet.Arrivals.Kept;
import dev.botgate.endtoend.fleet.FleetLoad.LoadBot;
import dev.botgate.endtoend.fleet.FleetScale.BotGroup;
import dev.botgate.ratelimit.Window;
import dev.botgate.testing.Patience;
import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestPostgres;
import dev.botgate.testing.TestVertx;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Three gateways that are asked for more than their limits allow, held against the connector's own count. Prints figures.
 * What it finds is certain however slow the machine is: a permit lies between a request's sending and its arrival.
 *
 * <p>{@code -Dfleet.seconds=90} asks for ten times what the Teams preset allows, so long, and holds the use of limits and
 * the evenness of parts to what is promised; {@code -Dfleet.margin=40} is the preset's margin in milliseconds.
 */
@ExtendWith({TestVertx.class, TestPostgres.class})
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class FleetIT {
    private static final long SECOND = 1_000_000_000;
    private static final LoadBot THROTTLED = new LoadBot("throttled", "throttled", 30);

    private final FleetScale scale = FleetScale.asked();
    private final Vertx vertx;
    private final TestDatabase database;
    private Fleet fleet;

    FleetIT(Vertx vertx, TestDatabase database) {
        this.vertx = vertx;
        this.database = database;
    }

    @BeforeEach
    void start() {
        fleet = new Fleet(vertx, database, scale.hold(), scale.settings());
    }

    @AfterEach
    void stop() {
        if (fleet != null) {
            fleet.close();
        }
    }

    @Test
    void underManyTimesTheLoad_noWindowIsExceeded_norWhenRedisIsKilled_andBotsShareEvenly() {
        Arrivals steady;
        Map<String, Long> sent;
        double stall;
        try (StallMeter metronome = StallMeter.start();
                FleetLoad flood = FleetLoad.start(vertx, fleet.ports(), scale.askers(), 20_261_122)) {
            pass(scale.warmUpSeconds());
            say("compilers at work", flood);
            long from = last().nanos();
            pass(scale.seconds() + 1);
            passUntil(() -> Stream.of(BotGroup.values()).allMatch(group -> usesItsLimitAgain(group, from)));
            steady = fleet.connector()
                    .arrivals()
                    .between(from, scale.isFull() ? from + scale.seconds() * SECOND : Long.MAX_VALUE);
            say("steady overload", flood);
            fleet.redis().kill();
            reach("gone");
            pass(2);
            say("Redis killed", flood);
            pass(seconds(scale.hold()) + 5);
            say("without Redis", flood);
            fleet.redis().start();
            reach("up");
            say("Redis back", flood);
            pass(5);
            flood.stop();
            until(flood::over);
            stall = metronome.longestMillis();
            sent = flood.sent();
        }
        Arrivals all = fleet.connector().arrivals();
        System.out.printf(
                "fleet: the machine's longest stall was %.0f ms; %.0f permits were too old when their requests were ready, %.0f commands had no answer of Redis in time%n",
                stall,
                fleet.metric("botgate_ratelimit_renewals_total"),
                fleet.metric("botgate_ratelimit_store_errors_total"));

        List<Kept> kept = scale.rules().stream().map(all::kept).toList();
        kept.forEach(rule -> {
            System.out.println("fleet: " + rule);
            rule.exceeded().stream().limit(50).forEach(window -> System.out.println("fleet:   " + window));
        });
        SoftAssertions softly = new SoftAssertions();
        for (BotGroup group : BotGroup.values()) {
            check(group, steady.of(Arrival::bot, group.toString()), softly);
        }
        scale.rules().forEach(rule -> softly.assertThat(all.certainlyExceeded(rule, sent))
                .isEmpty());
        if (scale.isFull()) {
            kept.forEach(
                    rule -> softly.assertThat(rule.exceeded()).as(rule.rule()).isEmpty());
        }
        softly.assertAll();
    }

    /** Whether more came of it than two windows allow, so that permits have come back. */
    private boolean usesItsLimitAgain(BotGroup group, long from) {
        Arrivals arrivals =
                fleet.connector().arrivals().between(from, Long.MAX_VALUE).of(Arrival::bot, group.toString());
        return arrivals.all().size()
                > 2 * group.scopes() * group.tightest(scale).permits();
    }

    private void check(BotGroup group, Arrivals arrivals, SoftAssertions softly) {
        Window tightest = group.tightest(scale);
        double use = arrivals.use(tightest, group.scopes(), scale.seconds());
        System.out.printf(
                "fleet: %s: %d arrivals in %d s, %.1f %% of %d times %s; Jain's index of %d bots %.4f%n",
                group,
                arrivals.all().size(),
                scale.seconds(),
                100 * use,
                group.scopes(),
                tightest,
                group.bots(),
                arrivals.jain());
        if (scale.isFull()) {
            softly.assertThat(use).as("use of %s", tightest).isGreaterThanOrEqualTo(scale.leastUse());
        }
        softly.assertThat(arrivals.jain()).as("Jain's index of %s", group).isGreaterThanOrEqualTo(scale.leastJain());
    }

    /** By what was sent once every gateway had heard: what was under way already may still arrive. */
    @Test
    void oneThrottle_isHeardByAllGateways_andWhatFollowsIsNoBurst() {
        int seconds = 10;
        String throttled;
        Map<String, Long> sent;
        long heard;
        try (FleetLoad flood = FleetLoad.start(vertx, fleet.ports(), List.of(THROTTLED), 20_261_122)) {
            pass(2);
            fleet.connector().throttleNext(seconds);
            until(() -> flood.throttledByConnector().isPresent());
            throttled = flood.throttledByConnector().orElseThrow();
            until(fleet::allHaveHeardOfAClosure);
            heard = System.nanoTime();
            long at = arrivalOf(throttled);
            passUntil(() -> fleet.connector().arrivals().all().stream()
                    .anyMatch(arrival -> arrival.nanos() >= at + (seconds + 1) * SECOND));
            flood.stop();
            until(flood::over);
            say("one 429", flood);
            sent = flood.sent();
        }

        long at = arrivalOf(throttled);
        Arrivals after = new Arrivals(fleet.connector().arrivals().of(Arrival::bot, THROTTLED.bot()).all().stream()
                .filter(arrival -> sent.getOrDefault(arrival.requestId(), heard) > heard)
                .toList());
        System.out.printf(
                "fleet: after a 429 with Retry-After: %d, heard by all after %d ms, arrivals of what was sent then after %s ms%n",
                seconds,
                (heard - at) / 1_000_000,
                after.all().stream()
                        .limit(8)
                        .map(arrival -> (arrival.nanos() - at) / 1_000_000)
                        .toList());
        assertThat(after.between(at, at + seconds * SECOND).all()).isEmpty();
        assertThat(after.between(at, at + (seconds + 1) * SECOND).all())
                .hasSizeLessThan(scale.rules().get(0).windows().get(0).permits());
        assertThat(after.all()).isNotEmpty();
    }

    private long arrivalOf(String requestId) {
        return fleet.connector().arrivals().all().stream()
                .filter(arrival -> arrival.requestId().equals(requestId))
                .findFirst()
                .orElseThrow()
                .nanos();
    }

    private static int seconds(String hold) {
        return Integer.parseInt(hold.replace("s", ""));
    }

    private Arrival last() {
        List<Arrival> all = fleet.connector().arrivals().all();
        return all.get(all.size() - 1);
    }

    /** Waits until all gateways say {@code state} of their store; that they settle may take longer than tests wait else. */
    private void reach(String state) {
        for (int left = seconds(scale.hold()); left > 0 && !fleet.all(state); left--) {
            pass(1);
        }
        until(() -> fleet.all(state));
    }

    /** Lets time pass until something is so, or it is plain that it will never be. */
    private void passUntil(BooleanSupplier condition) {
        for (long left = Patience.LIMIT.toSeconds(); left > 0 && !condition.getAsBoolean(); left--) {
            pass(1);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    /** Lets time pass, and looks at what arrives meanwhile, since the connector forgets. */
    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            Promise<Void> over = Promise.promise();
            vertx.setTimer(1_000, timer -> over.complete());
            await(over.future());
            assertThat(fleet.connector().arrivals()).isNotNull();
        }
    }

    private static void say(String what, FleetLoad flood) {
        System.out.printf(
                "fleet: until %.0f s, %s: asked %d, answered %s; %s; load average %.1f%n",
                flood.seconds(),
                what,
                flood.asked(),
                flood.answers(),
                flood.refusals(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    /** Finds out for how long the machine leaves a thread waiting that is ready to run. */
    static final class StallMeter implements AutoCloseable {
        private static final long TICK_NANOS = 5_000_000;

        private final AtomicLong longestNanos = new AtomicLong();
        private final Thread thread = new Thread(this::run, "metronome");
        private volatile boolean stopped;

        static StallMeter start() {
            StallMeter metronome = new StallMeter();
            metronome.thread.setDaemon(true);
            metronome.thread.start();
            return metronome;
        }

        private void run() {
            long before = System.nanoTime();
            while (!stopped) {
                LockSupport.parkNanos(TICK_NANOS);
                long now = System.nanoTime();
                long late = now - before - TICK_NANOS;
                longestNanos.accumulateAndGet(late, Math::max);
                before = now;
            }
        }

        /** The longest stall so far, in milliseconds. */
        double longestMillis() {
            return longestNanos.get() / 1e6;
        }

        @Override
        public void close() {
            stopped = true;
            LockSupport.unpark(thread);
        }
    }
}
