package dev.botgate.audit.postgres;

import static dev.botgate.testing.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.botgate.audit.AuditEntry;
import dev.botgate.audit.OutcomeStatus;
import dev.botgate.audit.access.AuditReaderIdentity;
import dev.botgate.audit.access.EntryQuery;
import dev.botgate.audit.access.ExpiredMonth;
import dev.botgate.audit.access.ExpiredMonth.Fate;
import dev.botgate.audit.access.LegalHold;
import dev.botgate.audit.access.LegalHold.Subject;
import dev.botgate.audit.access.Page;
import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestPostgres;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.time.YearMonth;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith({TestPostgres.class, VertxExtension.class})
class RetentionTest {
    private static final AuditReaderIdentity ME = new AuditReaderIdentity("me", "here");
    private static final YearMonth JANUARY = YearMonth.of(2024, 1);
    private static final YearMonth FEBRUARY = YearMonth.of(2024, 2);

    private final TestDatabase database;
    private final DatabaseAddress address;
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private PostgresHoldStore holds;
    private Retention retention;

    RetentionTest(TestDatabase database) {
        this.database = database;
        this.address = new DatabaseAddress(database.url(), database.settings());
    }

    /** January to April 2024, of which January and February have expired on the third of April. */
    @BeforeEach
    void record(Vertx vertx) {
        database.execute("DROP SCHEMA IF EXISTS botgate CASCADE");
        assertThat(new Migrations(address).migrate()).isNotEmpty();
        database.execute("SELECT botgate.create_partitions('2024-01-01Z', 3)");
        entry("2024-01-31T23:59:59Z", "28:old", "19:one");
        entry("2024-02-29T23:59:59Z", "28:young", "19:two");
        entry("2024-03-01T00:00:00Z", "28:young", "19:two");
        InstantSource clock = InstantSource.fixed(Instant.parse("2024-04-03T00:00:00Z"));
        holds = new PostgresHoldStore(vertx, address, clock);
        retention = new Retention(vertx, address, clock, 1, registry);
    }

    @Test
    void wholeMonthsThatHaveExpired_areDropped_andNothingElse() {
        assertThat(await(retention.drop(ME)))
                .extracting(ExpiredMonth::month, ExpiredMonth::fate)
                .containsExactly(tuple(JANUARY, Fate.DROPPED), tuple(FEBRUARY, Fate.DROPPED));

        assertThat(database.rows("SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM') FROM botgate.intent"))
                .containsExactly("2024-03");
        assertThat(database.number("SELECT count(*) FROM botgate.outcome")).isEqualTo(1);
        assertThat(database.rows("SELECT reader, action, filters FROM botgate.access ORDER BY at"))
                .containsExactly("me|drop|{\"month\" : \"2024-01\"}", "me|drop|{\"month\" : \"2024-02\"}");
        assertThat(registry.get("botgate.audit.retention.dropped").counter().count())
                .isEqualTo(2);
        assertThat(await(retention.drop(ME))).isEmpty();
    }

    @Test
    void whenTheGatewaysClockIsAhead_nothingIsDroppedEarly(Vertx vertx) {
        InstantSource ahead = InstantSource.fixed(Instant.parse("2099-04-03T00:00:00Z"));

        assertThat(await(new Retention(vertx, address, ahead, 600, registry).drop(ME)))
                .isEmpty();

        assertThat(database.number("SELECT count(*) FROM botgate.intent")).isEqualTo(3);
    }

    @Test
    void aDryRun_dropsNothing() {
        LegalHold hold = await(holds.add(Subject.BOT, "28:old", "a case", "me"));

        assertThat(await(retention.expired()))
                .extracting(ExpiredMonth::month, ExpiredMonth::fate, ExpiredMonth::holds)
                .containsExactly(tuple(JANUARY, Fate.HELD, List.of(hold)), tuple(FEBRUARY, Fate.EXPIRED, List.of()));
        assertThat(database.number("SELECT count(*) FROM botgate.intent")).isEqualTo(3);
    }

    @Test
    void aHoldOnABotOrAConversation_keepsItsMonths_untilItIsLifted() {
        LegalHold bot = await(holds.add(Subject.BOT, "28:old", "a case", "me"));
        database.execute("INSERT INTO botgate.outcome (intent_at, intent_id, at, gateway, run, close, attempts,"
                + " latency_micros, conversation) VALUES ('2024-02-05Z', gen_random_uuid(), '2024-02-05Z', 'g',"
                + " gen_random_uuid(), 'succeeded', 1, 1, '19:made')");
        LegalHold conversation = await(holds.add(Subject.CONVERSATION, "19:made", "another", "me"));

        assertThat(await(retention.drop(ME)))
                .extracting(ExpiredMonth::fate, ExpiredMonth::holds)
                .containsExactly(tuple(Fate.HELD, List.of(bot)), tuple(Fate.HELD, List.of(conversation)));
        assertThat(registry.get("botgate.audit.retention.held").gauge().value()).isEqualTo(2);
        assertThat(database.number("SELECT count(*) FROM botgate.intent")).isEqualTo(3);

        assertThat(await(holds.remove(bot.id(), "settled", "you"))).isTrue();
        assertThat(await(retention.drop(ME))).extracting(ExpiredMonth::fate).containsExactly(Fate.DROPPED, Fate.HELD);
        assertThat(registry.get("botgate.audit.retention.held").gauge().value()).isEqualTo(1);
    }

    @Test
    void aHoldOnAChannel_coversItsThreads_andWhatCameLate() {
        entry("2024-01-20T00:00:00Z", "28:any", "19:x@thread.tacv2;messageid=1");
        database.execute("INSERT INTO botgate.late_outcome (intent_at, intent_id, at, gateway, run, close, attempts,"
                + " latency_micros, conversation) VALUES ('2024-02-05Z', gen_random_uuid(), '2024-02-05Z', 'g',"
                + " gen_random_uuid(), 'succeeded', 1, 1, '19:made')");
        LegalHold channel = await(holds.add(Subject.CONVERSATION, "19:x@thread.tacv2", "a case", "me"));
        LegalHold late = await(holds.add(Subject.CONVERSATION, "19:made", "another", "me"));
        await(holds.add(Subject.CONVERSATION, "19:x", "no such conversation", "me"));

        assertThat(await(retention.drop(ME)))
                .extracting(ExpiredMonth::holds)
                .containsExactly(List.of(channel), List.of(late));
    }

    @Test
    void whatOnlyCameLate_isFoundByItsIds(Vertx vertx) {
        database.execute("INSERT INTO botgate.late_outcome (intent_at, intent_id, at, gateway, run, close, attempts,"
                + " latency_micros, conversation, activity) SELECT at, id, at, 'g', late, 'succeeded', 1, 1, '19:late',"
                + " '1:late' FROM botgate.intent, unnest(ARRAY[gen_random_uuid(), gen_random_uuid()]) AS late"
                + " WHERE bot = '28:young'");
        PostgresReader reader = new PostgresReader(vertx, address);
        EntryQuery query = EntryQuery.newest(1);

        for (EntryQuery asked : List.of(
                query.having(EntryQuery.Subject.CONVERSATION, "19:late"),
                query.having(EntryQuery.Subject.ACTIVITY, "1:late").withStatus(OutcomeStatus.SUCCEEDED),
                query.having(EntryQuery.Subject.CHANGED_ACTIVITY, "1:late").withBodies(),
                query.having(EntryQuery.Subject.CONVERSATION, "19:late")
                        .having(EntryQuery.Subject.ACTIVITY, "1:late"))) {
            Page<AuditEntry> page = await(reader.search(asked));
            Page<AuditEntry> next = await(reader.search(asked.after(String.valueOf(page.next()))));

            assertThat(page.entries())
                    .extracting(entry -> entry.intent().conversation())
                    .containsExactly("19:two");
            assertThat(next.entries())
                    .extracting(entry -> entry.intent().conversation())
                    .containsExactly("19:two");
            assertThat(next.next()).isNull();
        }
        await(reader.close());
    }

    @Test
    void aHoldIsLiftedOnce_andStaysOnRecord() {
        LegalHold hold = await(holds.add(Subject.BOT, "28:old", "a case", "me"));

        assertThat(await(holds.remove(UUID.randomUUID(), "none", "you"))).isFalse();
        assertThat(await(holds.remove(hold.id(), "settled", "you"))).isTrue();
        assertThat(await(holds.remove(hold.id(), "again", "you"))).isFalse();

        assertThat(await(holds.list(false))).isEmpty();
        assertThat(await(holds.list(true))).singleElement().satisfies(removed -> {
            assertThat(removed.reason()).isEqualTo("a case");
            assertThat(removed.removal()).isNotNull().satisfies(removal -> {
                assertThat(removal.removedBy()).isEqualTo("you");
                assertThat(removal.reason()).isEqualTo("settled");
            });
        });
    }

    @Test
    void whenATableIsInUse_itsMonthStays_andNobodyWaitsForLong() throws SQLException {
        try (Connection reader = database.open();
                Statement statement = reader.createStatement()) {
            reader.setAutoCommit(false);
            statement.execute("LOCK TABLE botgate.outcome IN ACCESS SHARE MODE");

            assertThat(await(retention.drop(ME)))
                    .extracting(ExpiredMonth::fate)
                    .containsExactly(Fate.FAILED, Fate.FAILED);
        }
        assertThat(database.number("SELECT count(*) FROM botgate.intent")).isEqualTo(3);
        assertThat(await(retention.drop(ME))).extracting(ExpiredMonth::fate).containsOnly(Fate.DROPPED);
    }

    @Test
    void whenRowsOfAMonthLieInADefaultPartition_allOfTheMonthStays_andItIsSaid() {
        String stray = "INSERT INTO botgate.outcome (intent_at, intent_id, at, gateway, run, close, attempts,"
                + " latency_micros) SELECT '%s'::timestamptz, id, at, gateway, run, 'succeeded', 1, 10"
                + " FROM botgate.intent LIMIT 1";
        database.execute("ALTER TABLE botgate.outcome DETACH PARTITION botgate.outcome_2024_02");
        database.execute(stray.formatted("2024-02-29T23:59:59Z"));
        database.execute(stray.formatted("2023-12-31T23:59:59Z"));
        database.execute(stray.formatted("2024-03-31T23:59:59Z"));
        YearMonth december = YearMonth.of(2023, 12);
        String why = "rows of it lie in outcome_default";

        assertThat(await(retention.expired()))
                .extracting(ExpiredMonth::month, ExpiredMonth::fate, ExpiredMonth::problem)
                .containsExactly(
                        tuple(december, Fate.FAILED, why),
                        tuple(JANUARY, Fate.EXPIRED, null),
                        tuple(FEBRUARY, Fate.FAILED, why));
        assertThat(await(retention.drop(ME)))
                .extracting(ExpiredMonth::fate)
                .containsExactly(Fate.FAILED, Fate.DROPPED, Fate.FAILED);

        assertThat(database.number("SELECT count(*) FROM botgate.intent")).isEqualTo(2);
        assertThat(database.number("SELECT count(*) FROM botgate.outcome_default"))
                .isEqualTo(2);
    }

    @Test
    void whenADropIsTheVictimOfADeadlock_itsMonthStays_andTheOthersHaveTheirTurn() {
        database.execute(
                "CREATE OR REPLACE FUNCTION botgate.drop_month(starts date, before timestamptz, dropped_by text,"
                        + " dropped_from text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN IF starts = '2024-01-01' THEN"
                        + " RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01'; END IF; RETURN true; END $$");

        assertThat(await(retention.drop(ME)))
                .extracting(ExpiredMonth::fate, ExpiredMonth::problem)
                .containsExactly(
                        tuple(Fate.FAILED, "its tables are in use by writers, or another gateway is dropping months"),
                        tuple(Fate.DROPPED, null));
    }

    private void entry(String at, String bot, String conversation) {
        database.execute(
                """
                WITH made AS (INSERT INTO botgate.intent (at, id, gateway, run, sequence, request_id, operation, method,
                    uri, upstream, bot, conversation, verified, body_form)
                  VALUES ('%s', gen_random_uuid(), 'gate', gen_random_uuid(), 1, 'r', 'SendToConversation', 'POST',
                    '/v3/conversations', 'teams', '%s', '%s', false, 'none') RETURNING *)
                INSERT INTO botgate.outcome (intent_at, intent_id, at, gateway, run, close, attempts, latency_micros)
                SELECT at, id, at, gateway, run, 'succeeded', 1, 10 FROM made
                """
                        .formatted(at, bot, conversation));
    }
}
