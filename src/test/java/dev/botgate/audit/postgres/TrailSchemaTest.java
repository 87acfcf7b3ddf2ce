package dev.botgate.audit.postgres;

import static dev.botgate.testing.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestPostgres;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith({TestPostgres.class, VertxExtension.class})
class TrailSchemaTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2031-11-01T10:00:00Z"));

    private final TestDatabase database;
    private final DatabaseAddress address;
    private Partitions partitions;

    TrailSchemaTest(TestDatabase database) {
        this.database = database;
        this.address = new DatabaseAddress(database.url(), database.settings());
    }

    @BeforeEach
    void migrate(Vertx vertx) {
        database.execute("DROP SCHEMA IF EXISTS botgate CASCADE");
        assertThat(new Migrations(address).migrate()).isNotEmpty();
        partitions = new Partitions(vertx, address, CLOCK);
    }

    @Test
    void partitionsAreCreatedFromYesterdaysMonthToThreeMonthsAhead() {
        List<String> created = await(partitions.create());

        assertThat(created)
                .containsExactlyInAnyOrder(
                        "access_2031_10",
                        "access_2031_11",
                        "access_2031_12",
                        "access_2032_01",
                        "attempt_2031_10",
                        "attempt_2031_11",
                        "attempt_2031_12",
                        "attempt_2032_01",
                        "intent_2031_10",
                        "intent_2031_11",
                        "intent_2031_12",
                        "intent_2032_01",
                        "late_outcome_2031_10",
                        "late_outcome_2031_11",
                        "late_outcome_2031_12",
                        "late_outcome_2032_01",
                        "outcome_2031_10",
                        "outcome_2031_11",
                        "outcome_2031_12",
                        "outcome_2032_01");
    }

    @Test
    void whenTheMonthsAreThere_nothingIsCreated() {
        List<String> first = await(partitions.create());

        List<String> second = await(partitions.create());

        assertThat(first).isNotEmpty();
        assertThat(second).isEmpty();
    }

    @Test
    void whenTheDefaultPartitionHoldsEntriesOfAMonth_noneOfItIsCreated_andTheOthersAreNevertheless() {
        database.execute(intentAt("2031-12-31T23:59:59.999999Z"));

        List<String> created = await(partitions.create());

        assertThat(created)
                .hasSize(16)
                .doesNotContain("intent_2031_12", "attempt_2031_12", "outcome_2031_12", "late_outcome_2031_12")
                .contains("access_2031_12", "intent_2032_01", "outcome_2032_01");
    }

    @Test
    void anEntryLiesInTheMonthOfItsIntentInUtc() {
        assertThat(await(partitions.create())).isNotEmpty();

        database.execute(intentAt("2031-12-01T00:30:00+01:00"));
        database.execute(intentAt("2031-12-01T00:00:00Z"));
        database.execute(intentAt("2041-01-01T00:00:00Z"));

        assertThat(database.rows("SELECT tableoid::regclass FROM botgate.intent ORDER BY at"))
                .containsExactly("botgate.intent_2031_11", "botgate.intent_2031_12", "botgate.intent_default");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE botgate.intent SET uri = '/other'",
                "DELETE FROM botgate.intent",
                "TRUNCATE botgate.intent",
                "UPDATE botgate.outcome SET close = 'failed'",
                "DELETE FROM botgate.outcome",
                "TRUNCATE botgate.outcome",
                "UPDATE botgate.intent_2031_11 SET uri = '/other'",
                "DELETE FROM botgate.outcome_2031_11",
                "TRUNCATE botgate.intent_2031_11",
                "TRUNCATE botgate.outcome_2031_11",
                "TRUNCATE botgate.intent_default",
                "TRUNCATE botgate.outcome_default",
                "UPDATE botgate.access SET reader = 'nobody'",
                "DELETE FROM botgate.access_2031_11",
                "TRUNCATE botgate.access_2031_11",
                "UPDATE botgate.hold SET reason = 'none'",
                "DELETE FROM botgate.hold",
                "TRUNCATE botgate.hold",
                "UPDATE botgate.attempt SET status = 200",
                "DELETE FROM botgate.attempt",
                "TRUNCATE botgate.attempt",
                "DELETE FROM botgate.attempt_2031_11",
                "TRUNCATE botgate.attempt_2031_11",
                "TRUNCATE botgate.attempt_default",
                "UPDATE botgate.late_outcome SET close = 'failed'",
                "DELETE FROM botgate.late_outcome_2031_11",
                "TRUNCATE botgate.late_outcome",
                "TRUNCATE botgate.late_outcome_2031_11",
                "TRUNCATE botgate.late_outcome_default"
            })
    void whatIsRecordedCannotBeChanged(String change) {
        assertThat(await(partitions.create())).isNotEmpty();
        database.execute(intentAt("2031-11-02T00:00:00Z"));
        database.execute(outcomeOfAll());
        database.execute("INSERT INTO botgate.access (at, id, origin, action, filters)"
                + " VALUES ('2031-11-02T00:00:00Z', gen_random_uuid(), 'here', 'search', '{}')");
        database.execute("INSERT INTO botgate.hold (id, change, at, subject, value, reason, changed_by)"
                + " VALUES (gen_random_uuid(), 'added', now(), 'bot', 'b', 'a case', 'me')");
        database.execute("INSERT INTO botgate.attempt (intent_at, intent_id, number, at, latency_micros)"
                + " SELECT at, id, 1, at, 10 FROM botgate.intent");
        database.execute("INSERT INTO botgate.late_outcome SELECT * FROM botgate.outcome");

        assertThatThrownBy(() -> database.execute(change)).hasMessageContaining("The audit trail is append-only");
        assertThat(database.rows("SELECT uri, close FROM botgate.intent, botgate.outcome"))
                .containsExactly("/v3/conversations|succeeded");
    }

    @Test
    void aWholeMonthCanBeDropped() {
        assertThat(await(partitions.create())).isNotEmpty();
        database.execute(intentAt("2031-11-02T00:00:00Z"));

        database.execute("DROP TABLE botgate.intent_2031_11");

        assertThat(database.number("SELECT count(*) FROM botgate.intent")).isZero();
    }

    @Test
    void anIntentCannotBeClosedTwice() {
        database.execute(intentAt("2031-11-02T00:00:00Z"));
        database.execute(outcomeOfAll());

        assertThatThrownBy(() -> database.execute(outcomeOfAll())).hasMessageContaining("duplicate key");
    }

    @Test
    void durabilityNamesEachSettingThatIsOff(Vertx vertx) {
        Durability durability = await(Durability.of(vertx, address));

        assertThat(durability.safe()).isFalse();
        assertThat(durability.unsafe()).contains("fsync = off");
        assertThat(new Durability("on", "off", "off").unsafe())
                .containsExactly("full_page_writes = off", "synchronous_commit = off");
        assertThat(new Durability("on", "on", "remote_apply").safe()).isTrue();
    }

    private static String intentAt(String at) {
        return """
                INSERT INTO botgate.intent (at, id, gateway, run, sequence, request_id, operation, method, uri,
                    upstream, verified, body_form)
                VALUES ('%s', gen_random_uuid(), 'gate', gen_random_uuid(), 1, 'r', 'CreateConversation', 'POST',
                    '/v3/conversations', 'teams', false, 'none')
                """
                .formatted(at);
    }

    private static String outcomeOfAll() {
        return """
                INSERT INTO botgate.outcome (intent_at, intent_id, at, gateway, run, close, attempts, latency_micros)
                SELECT at, id, at, gateway, run, 'succeeded', 1, 10 FROM botgate.intent
                """;
    }
}
