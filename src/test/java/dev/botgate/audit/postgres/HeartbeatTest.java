package dev.botgate.audit.postgres;

import static dev.botgate.testing.Await.await;
import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.botgate.audit.ExchangeIds;
import dev.botgate.audit.Exchanges;
import dev.botgate.audit.GatewayRun;
import dev.botgate.audit.HeartbeatSettings;
import dev.botgate.audit.Intent;
import dev.botgate.audit.Outcome;
import dev.botgate.audit.OutcomeStatus;
import dev.botgate.audit.writer.TrailWriter;
import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestPostgres;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestPostgres.class)
class HeartbeatTest {
    private static final HeartbeatSettings SETTINGS =
            new HeartbeatSettings(Duration.ofMillis(20), Duration.ofSeconds(10), Duration.ZERO);

    private final TestDatabase database;
    private final AtomicLong nanos = new AtomicLong();
    private final List<Heartbeat> beating = new ArrayList<>();
    private final List<GatewayRun> gateways = new ArrayList<>();
    private TrailFixture fixture;

    HeartbeatTest(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void start() {
        fixture = new TrailFixture(database);
    }

    @AfterEach
    void stop() {
        beating.forEach(heart -> await(heart.stop(false)));
        fixture.close();
    }

    @Test
    void whatADeadGatewayLeftOpen_isClosedAsUnknown_onceAndByARecord() {
        GatewayRun dead = new GatewayRun("dead", UUID.randomUUID());
        TrailWriter trail = fixture.trail(Exchanges.settings(Duration.ofSeconds(20)));
        Intent open = begun(trail, dead);
        Intent closed = begun(trail, dead);
        trail.end(Exchanges.outcome(closed, OutcomeStatus.SUCCEEDED));
        await(trail.close());
        aliveOnce(dead);
        heartbeat("first");
        heartbeat("second");
        beats(2);

        pass(Duration.ofSeconds(11));

        until(() -> database.number("SELECT count(*) FROM botgate.outcome") == 2);
        beats(2);
        assertThat(database.rows("SELECT intent_id, close, error FROM botgate.outcome ORDER BY intent_at"))
                .containsExactly(
                        open.exchange().id() + "|unknown|GatewayDied",
                        closed.exchange().id() + "|succeeded|");
        assertThat(fixture.registry().get("botgate.audit.recovered").counter().count())
                .isEqualTo(1);
    }

    @Test
    void whatALivingGatewayHasOpen_staysOpen() {
        Heartbeat living = heartbeat("living");
        GatewayRun gateway = gateways.get(0);
        TrailWriter trail = fixture.trail(Exchanges.settings(Duration.ofSeconds(20)));
        Intent open = begun(trail, gateway);
        await(trail.close());
        heartbeat("other");

        pass(Duration.ofSeconds(15));

        assertThat(living).isNotNull();
        assertThat(fixture.entries()).hasSize(1).allSatisfy(entry -> {
            assertThat(entry.intent()).isEqualTo(open);
            assertThat(entry.outcome()).isNull();
        });
    }

    @Test
    void oneThatTheDatabaseDoesNotHear_isAProblem_onceOthersTakeItsGatewayForDead() {
        Heartbeat silent = heartbeat("silent");
        await(silent.stop(false));
        assertThat(silent.problem()).isEmpty();

        nanos.addAndGet(Duration.ofSeconds(54).toNanos());

        assertThat(silent.problem()).contains("not heard by the database for 54 s (expected: at most 10 s)");
    }

    @Test
    void aTimeInWhichNobodyLooked_isNobodysSilence() {
        GatewayRun frozenToo = new GatewayRun("frozen too", UUID.randomUUID());
        TrailWriter trail = fixture.trail(Exchanges.settings(Duration.ofSeconds(20)));
        begun(trail, frozenToo);
        await(trail.close());
        aliveOnce(frozenToo);
        heartbeat("thawed");
        beats(2);

        nanos.addAndGet(Duration.ofMinutes(1).toNanos());

        beats(3);
        assertThat(database.number("SELECT count(*) FROM botgate.outcome")).isZero();
        pass(Duration.ofSeconds(11));
        until(() -> database.number("SELECT count(*) FROM botgate.outcome") == 1);
    }

    @Test
    void anOutcomeThatComesAfterTheClose_isKeptAsLate_andTheCloseStays() {
        GatewayRun cutOff = new GatewayRun("cut off", UUID.randomUUID());
        TrailWriter trail = fixture.trail(Exchanges.settings(Duration.ofSeconds(20)));
        Intent intent = begun(trail, cutOff);
        aliveOnce(cutOff);
        heartbeat("other");
        beats(1);
        pass(Duration.ofSeconds(11));
        until(() -> database.number("SELECT count(*) FROM botgate.outcome") == 1);
        Outcome own = new Outcome(
                intent.exchange(),
                cutOff,
                intent.exchange().at().plusSeconds(1),
                OutcomeStatus.SUCCEEDED,
                201,
                1,
                Duration.ofSeconds(1),
                "1:act",
                null,
                "1:act",
                null,
                null,
                false);

        trail.end(own);
        trail.end(own);

        await(trail.close());
        assertThat(database.rows("SELECT close FROM botgate.outcome")).containsExactly("unknown");
        assertThat(database.rows("SELECT intent_id, gateway, close, status, reply_id FROM botgate.late_outcome"))
                .containsExactly(intent.exchange().id() + "|cut off|succeeded|201|1:act");
        assertThat(fixture.entries()).singleElement().satisfies(entry -> assertThat(entry.late())
                .containsExactly(own));
    }

    @Test
    void aGatewayThatEndedInGoodOrder_isNotWaitedFor() {
        Heartbeat ending = heartbeat("ending");
        GatewayRun gateway = gateways.get(0);
        TrailWriter trail = fixture.trail(Exchanges.settings(Duration.ofSeconds(20)));
        begun(trail, gateway);
        await(trail.close());
        heartbeat("other");

        beating.remove(ending);
        await(ending.stop(true));

        until(() -> database.number("SELECT count(*) FROM botgate.outcome WHERE close = 'unknown'") == 1);
    }

    @CanIgnoreReturnValue
    private Heartbeat heartbeat(String name) {
        GatewayRun gateway = new GatewayRun(name, UUID.randomUUID());
        gateways.add(gateway);
        Heartbeat heartbeat = new Heartbeat(
                fixture.vertx(),
                new DatabaseAddress(database.url(), database.settings()),
                gateway,
                SETTINGS,
                null,
                () -> true,
                OptionalLong::empty,
                nanos::get,
                fixture.registry());
        beating.add(heartbeat);
        await(heartbeat.start());
        return heartbeat;
    }

    private void aliveOnce(GatewayRun gateway) {
        database.execute("INSERT INTO botgate.gateway_run (run, gateway) VALUES ('" + gateway.runId() + "', '"
                + gateway.name() + "')");
    }

    /** Lets time pass, in steps in each of which every gateway that beats has looked. */
    private void pass(Duration time) {
        Duration step = Duration.ofSeconds(1);
        for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plus(step)) {
            nanos.addAndGet(step.toNanos());
            beats(2);
        }
    }

    /** Waits until every gateway that beats has done so {@code count} times more. */
    private void beats(int count) {
        for (int i = 0; i < count; i++) {
            gateways.forEach(gateway -> {
                String sql = "SELECT heartbeat_at FROM botgate.gateway_run WHERE run = '" + gateway.runId() + "'";
                List<String> before = database.rows(sql);
                until(() -> !database.rows(sql).equals(before));
            });
        }
    }

    @CanIgnoreReturnValue
    private static Intent begun(TrailWriter trail, GatewayRun gateway) {
        ExchangeIds ids = new ExchangeIds(gateway, InstantSource.system());
        Intent intent = Exchanges.intent(ids.next(), "r", "28:bot", "19:c", null, "SendToConversation");
        await(trail.begin(intent));
        return intent;
    }
}
