package dev.botgate.audit.postgres;

import static dev.botgate.testing.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.botgate.audit.access.AuditReaderIdentity;
import dev.botgate.audit.access.ExpiredMonth;
import dev.botgate.audit.access.ExpiredMonth.Fate;
import dev.botgate.audit.access.LegalHold;
import dev.botgate.audit.access.LegalHold.Subject;
import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestPostgres;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Instant;
import java.time.InstantSource;
import java.time.YearMonth;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A month that a legal hold covers is kept whole, whoever asks for its drop and whatever is left of it. */
@ExtendWith({TestPostgres.class, VertxExtension.class})
class HeldMonthTest {
    private final TestDatabase database;
    private final DatabaseAddress address;
    private PostgresHoldStore holds;
    private Retention retention;

    HeldMonthTest(TestDatabase database) {
        this.database = database;
        this.address = new DatabaseAddress(database.url(), database.settings());
    }

    /** January 2024 has expired, and has an exchange of the bot 28:held, from which the conversation 19:made came. */
    @BeforeEach
    void record(Vertx vertx) {
        database.execute("DROP SCHEMA IF EXISTS botgate CASCADE");
        assertThat(new Migrations(address).migrate()).isNotEmpty();
        database.execute("SELECT botgate.create_partitions('2024-01-01Z', 0)");
        database.execute(
                """
                WITH made AS (INSERT INTO botgate.intent (at, id, gateway, run, sequence, request_id, operation, method,
                    uri, upstream, bot, verified, body_form)
                  VALUES ('2024-01-31T23:59:59Z', gen_random_uuid(), 'gate', gen_random_uuid(), 1, 'r',
                    'CreateConversation', 'POST', '/v3/conversations', 'teams', '28:held', false, 'none') RETURNING *)
                INSERT INTO botgate.outcome (intent_at, intent_id, at, gateway, run, close, attempts, latency_micros,
                  conversation) SELECT at, id, at, gateway, run, 'succeeded', 1, 10, '19:made' FROM made
                """);
        InstantSource clock = InstantSource.fixed(Instant.parse("2024-04-03T00:00:00Z"));
        holds = new PostgresHoldStore(vertx, address, clock);
        retention = new Retention(vertx, address, clock, 1, new SimpleMeterRegistry());
    }

    @Test
    void theDatabaseItselfRefusesToDropAHeldMonth_untilTheHoldIsLifted() {
        LegalHold bot = await(holds.add(Subject.BOT, "28:held", "a case", "me"));
        LegalHold conversation = await(holds.add(Subject.CONVERSATION, "19:made", "another", "me"));

        assertThat(dropped()).isFalse();
        assertThat(await(holds.remove(bot.id(), "settled", "me"))).isTrue();
        assertThat(dropped()).isFalse();
        assertThat(partitions()).hasSize(5);
        assertThat(database.number("SELECT count(*) FROM botgate.access")).isZero();

        assertThat(await(holds.remove(conversation.id(), "settled", "me"))).isTrue();
        assertThat(dropped()).isTrue();
        assertThat(partitions()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "DROP TABLE intent_2024_01, BOT, 28:held",
        "DROP TABLE intent_2024_01, CONVERSATION, 19:any",
        "ALTER TABLE intent DETACH PARTITION intent_2024_01, BOT, 28:held",
        "ALTER TABLE intent_2024_01 RENAME TO kept_for_later, BOT, 28:held",
        "ALTER TABLE outcome DETACH PARTITION outcome_2024_01, BOT, 28:held",
        "ALTER TABLE outcome DETACH PARTITION outcome_2024_01, CONVERSATION, 19:made",
        "DROP TABLE outcome_2024_01, CONVERSATION, 19:made",
        "DROP TABLE late_outcome_2024_01, CONVERSATION, 19:late",
        "'DROP TABLE intent_2024_01, outcome_2024_01, late_outcome_2024_01, attempt_2024_01', BOT, 28:held",
        "ALTER TABLE intent DETACH PARTITION intent_2024_01; INSERT INTO intent SELECT * FROM intent_2024_01, BOT,"
                + " 28:held"
    })
    void whateverIsLeftOfAMonth_aHoldThatMayCoverIt_keepsIt(String change, Subject subject, String value) {
        LegalHold hold = await(holds.add(subject, value, "a case", "me"));
        database.execute("SET search_path = botgate; " + change);
        List<String> left = partitions();

        List<ExpiredMonth> expired = await(retention.drop(new AuditReaderIdentity("me", "here")));

        assertThat(dropped()).isFalse();
        assertThat(partitions()).isNotEmpty().isEqualTo(left);
        assertThat(expired)
                .extracting(ExpiredMonth::month, ExpiredMonth::fate, ExpiredMonth::holds)
                .containsExactly(tuple(YearMonth.of(2024, 1), Fate.HELD, List.of(hold)));
    }

    /** The conversation is named by the intent, by the outcome and by what came late, and a thread of it by another. */
    @Test
    void anEntryThatIsCoveredInSeveralWays_countsOnce() {
        database.execute(
                """
                SET search_path = botgate;
                INSERT INTO intent (at, id, gateway, run, sequence, request_id, operation, method, uri, upstream, bot,
                    conversation, verified, body_form)
                  SELECT '2024-01-02Z', gen_random_uuid(), 'gate', gen_random_uuid(), n, 'r', 'other', 'POST', '/', 'teams',
                    'bot-' || n, CASE n WHEN 1 THEN '19:c' WHEN 2 THEN '19:c;messageid=1' ELSE '19:cd' END, false, 'none'
                  FROM generate_series(1, 3) n;
                INSERT INTO outcome (intent_at, intent_id, at, gateway, run, close, attempts, latency_micros, conversation)
                  SELECT at, id, at, gateway, run, 'unknown', 1, 10, '19:c' FROM intent WHERE bot = 'bot-1';
                INSERT INTO late_outcome SELECT * FROM outcome WHERE conversation = '19:c'
                """);

        assertThat(await(holds.countCovered(Subject.CONVERSATION, "19:c"))).isEqualTo(2);
        assertThat(await(holds.countCovered(Subject.CONVERSATION, "19:made"))).isEqualTo(1);
        assertThat(await(holds.countCovered(Subject.BOT, "28:held"))).isEqualTo(1);
        assertThat(await(holds.countCovered(Subject.BOT, "19:c"))).isZero();
    }

    /** As a function's scan it would read all entries of a bot to find out whether there is one. */
    @Test
    void whetherAnEntryIsCovered_isAskedOfTheTables() {
        String plan = String.join(
                "\n",
                database.rows("EXPLAIN SELECT FROM botgate.covered_entries('bot', '28:held',"
                        + " '2024-01-01Z', '2024-02-01Z')"));

        assertThat(plan)
                .contains("hashtextextended(bot, '0'::bigint) = ")
                .doesNotContain("Function Scan")
                .doesNotContain("outcome");
    }

    @Test
    void whenAHoldKeepsWhatIsLeftOfAMonth_itIsSaidWhatIsMissing() {
        await(holds.add(Subject.BOT, "28:any", "a case", "me"));
        database.execute("ALTER TABLE botgate.intent DETACH PARTITION botgate.intent_2024_01");
        database.execute("DROP TABLE botgate.late_outcome_2024_01");

        assertThat(await(retention.expired()))
                .extracting(ExpiredMonth::problem)
                .containsExactly("its partitions of intent, late_outcome are missing,"
                        + " and any of the holds may cover what was in them");
    }

    @Test
    void whenIntentsAreThere_aHoldOnAnotherBot_keepsNothing() {
        await(holds.add(Subject.BOT, "28:other", "a case", "me"));
        database.execute("DROP TABLE botgate.outcome_2024_01");

        assertThat(dropped()).isTrue();
        assertThat(partitions()).isEmpty();
    }

    @Test
    void whenNoHoldIsInEffect_whatIsLeftOfAMonth_isDropped() {
        database.execute("DROP TABLE botgate.intent_2024_01");

        assertThat(dropped()).isTrue();
        assertThat(partitions()).isEmpty();
    }

    private boolean dropped() {
        return database.rows("SELECT botgate.drop_month('2024-01-01', '2024-03-03Z', 'me', 'here')")
                .equals(List.of("t"));
    }

    private List<String> partitions() {
        return database.rows("SELECT relname FROM pg_class WHERE relnamespace = 'botgate'::regnamespace"
                + " AND relkind = 'r' AND relname LIKE '%\\_2024\\_01' ORDER BY relname");
    }
}
