package dev.botgate.fleet;

import static dev.botgate.testing.Await.await;
import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.fleet.Arrivals.Arrival;
import dev.botgate.fleet.Arrivals.Kept;
import dev.botgate.ratelimit.Window;
import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestPostgres;
import dev.botgate.testing.TestVertx;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Three gateways that are asked for more than their limits allow, held against the connector's own count. Prints figures.
 *
 * <p>{@code -Dfleet.seconds=90} asks for ten times what the Teams preset allows, so long, and holds the use of limits and
 * the evenness of parts to what is promised; {@code -Dfleet.margin=40} is the preset's margin in milliseconds.
 */
@ExtendWith({TestVertx.class, TestPostgres.class})
class FleetIT {
    private static final long SECOND = 1_000_000_000;
    private static final Asker THROTTLED = new Asker("throttled", "throttled", 30);

    private final Scale scale = Scale.asked();
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
        double stall;
        try (Metronome metronome = Metronome.start();
                Flood flood = Flood.start(vertx, fleet.ports(), scale.askers(), 20_261_122)) {
            pass(scale.warmUpSeconds());
            say("compilers at work", flood);
            long from = last().nanos();
            pass(scale.seconds() + 1);
            steady = fleet.connector().arrivals().between(from, from + scale.seconds() * SECOND);
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
        for (Group group : Group.values()) {
            check(group, steady.of(Arrival::bot, group.toString()), softly);
        }
        kept.forEach(rule -> softly.assertThat(rule.spareMillis())
                .as("%s", rule.exceeded())
                .isGreaterThanOrEqualTo(-scale.excuse(stall)));
        softly.assertAll();
    }

    private void check(Group group, Arrivals arrivals, SoftAssertions softly) {
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
        softly.assertThat(use).as("use of %s", tightest).isGreaterThanOrEqualTo(scale.leastUse());
        softly.assertThat(arrivals.jain()).as("Jain's index of %s", group).isGreaterThanOrEqualTo(scale.leastJain());
    }

    @Test
    void oneThrottle_isHeardByAllGateways_andWhatFollowsIsNoBurst() {
        int seconds = 3;
        String throttled;
        double stall;
        try (Metronome metronome = Metronome.start();
                Flood flood = Flood.start(vertx, fleet.ports(), List.of(THROTTLED), 20_261_122)) {
            pass(2);
            fleet.connector().throttleNext(seconds);
            until(() -> flood.throttledByConnector().isPresent());
            throttled = flood.throttledByConnector().orElseThrow();
            pass(seconds + 2);
            flood.stop();
            until(flood::over);
            say("one 429", flood);
            stall = metronome.longestMillis();
        }

        Arrivals all = fleet.connector().arrivals().of(Arrival::bot, THROTTLED.bot());
        long at = all.all().stream()
                .filter(arrival -> arrival.requestId().equals(throttled))
                .findFirst()
                .orElseThrow()
                .nanos();
        Arrivals after = all.between(at + 1, Long.MAX_VALUE);
        System.out.printf(
                "fleet: after a 429 with Retry-After: %d, arrivals after %s ms%n",
                seconds,
                after.all().stream()
                        .limit(8)
                        .map(arrival -> (arrival.nanos() - at) / 1_000_000)
                        .toList());
        Arrivals reopened = all.between(at + seconds * SECOND, at + (seconds + 1) * SECOND);
        // What the connector, Redis and the gateways take to tell each other.
        long grace = SECOND / 10 + (long) (scale.excuse(stall) * 1e6);
        assertThat(all.between(at + grace, at + seconds * SECOND).all())
                .as("the machine's longest stall was %.0f ms", stall)
                .isEmpty();
        assertThat(reopened.all())
                .hasSizeLessThan(scale.rules().get(0).windows().get(0).permits());
        assertThat(after.all()).isNotEmpty();
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

    /** Lets time pass, and looks at what arrives meanwhile, since the connector forgets. */
    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            Promise<Void> over = Promise.promise();
            vertx.setTimer(1_000, timer -> over.complete());
            await(over.future());
            assertThat(fleet.connector().arrivals()).isNotNull();
        }
    }

    private static void say(String what, Flood flood) {
        System.out.printf(
                "fleet: until %.0f s, %s: asked %d, answered %s; %s; load average %.1f%n",
                flood.seconds(),
                what,
                flood.asked(),
                flood.answers(),
                flood.refusals(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }
}
