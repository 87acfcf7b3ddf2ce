package dev.botgate.audit.postgres;

import static dev.botgate.testing.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.AuditEntry;
import dev.botgate.audit.OutcomeStatus;
import dev.botgate.audit.access.EntryQuery;
import dev.botgate.audit.access.EntryQuery.Subject;
import dev.botgate.audit.access.Page;
import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestPostgres;
import io.vertx.sqlclient.Tuple;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** A Teams channel's threads have ids of their own: the channel's, {@code ;messageid=} and the thread's. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(TestPostgres.class)
class ThreadSearchTest {
    private static final String CHANNEL = "19:abc@thread.tacv2";
    private static final UUID RUN = UUID.randomUUID();

    private final TestDatabase database;
    private final TrailFixture fixture;

    ThreadSearchTest(TestDatabase database) {
        this.database = database;
        this.fixture = new TrailFixture(database);
    }

    /** The oldest first, a minute apart. */
    @BeforeAll
    void record() {
        fixture.run(RUN, 0);
        intent(1, "channel", CHANNEL);
        intent(2, "thread", CHANNEL + ";messageid=1");
        intent(3, "other channel", "19:abcd@thread.tacv2;messageid=1");
        intent(4, "created", null);
        outcome("created", "outcome", CHANNEL + ";messageid=2");
        intent(5, "created late", null);
        outcome("created late", "outcome", null);
        outcome("created late", "late_outcome", CHANNEL + ";messageid=3");
        intent(6, "other thread", CHANNEL + ";messageid=12");
        outcome("thread", "outcome", null);
    }

    @AfterAll
    void close() {
        fixture.close();
    }

    @Test
    void aChannelsId_findsItsThreads_whicheverTableNamesThem() {
        EntryQuery query = EntryQuery.newest(10).having(Subject.CONVERSATION, CHANNEL);

        assertThat(found(query)).containsExactly("other thread", "created late", "created", "thread", "channel");
        assertThat(found(query.inOldestFirstOrder()))
                .containsExactly("channel", "thread", "created", "created late", "other thread");
        assertThat(found(query.withStatus(OutcomeStatus.SUCCEEDED)))
                .containsExactly("created late", "created", "thread");
        assertThat(found(query.withStatus(OutcomeStatus.OPEN))).containsExactly("other thread", "channel");
        assertThat(found(query.having(Subject.BOT, "nobody"))).isEmpty();
    }

    @Test
    void pagesOfAChannel_goOnWhereTheLastOneEnded() {
        EntryQuery query = EntryQuery.newest(2).having(Subject.CONVERSATION, CHANNEL);
        List<String> all = new ArrayList<>();
        Page<AuditEntry> page = await(fixture.reader().search(query));
        while (true) {
            page.entries().forEach(entry -> all.add(entry.intent().requestId()));
            if (page.next() == null) {
                break;
            }
            page = await(fixture.reader().search(query.after(String.valueOf(page.next()))));
        }

        assertThat(all).containsExactly("other thread", "created late", "created", "thread", "channel");
    }

    @Test
    void aThreadsId_findsThatThreadAlone() {
        assertThat(found(EntryQuery.newest(10).having(Subject.CONVERSATION, CHANNEL + ";messageid=1")))
                .containsExactly("thread");
    }

    @Test
    void threadsAreReadInTheOrderOfTheirIndexes() throws SQLException {
        String plan = plan(EntryQuery.newest(10).having(Subject.CONVERSATION, CHANNEL));

        assertThat(plan)
                .containsPattern(
                        "Index Scan Backward using \\w+ on intent_2031_01 .*\\n *Index Cond: \\(hash\\w+\\(split")
                .doesNotContain("Seq Scan on intent_2031_01");
    }

    private List<String> found(EntryQuery query) {
        return await(fixture.reader().search(query)).entries().stream()
                .map(entry -> entry.intent().requestId())
                .toList();
    }

    /** On a month of many entries, none of which fits. */
    private String plan(EntryQuery query) throws SQLException {
        database.execute("SELECT botgate.create_partitions('2031-01-01Z', 0)");
        database.execute(
                """
                INSERT INTO botgate.intent (at, id, gateway, run, sequence, request_id, operation, method, uri, upstream,
                    verified, conversation, body_form)
                SELECT '2031-01-01Z'::timestamptz + make_interval(secs => n), gen_random_uuid(), 'gate',
                    gen_random_uuid(), n, 'r', 'other', 'POST', '/', 'teams', false, 'c' || n || ';messageid=1', 'none'
                FROM generate_series(1, 20000) AS n
                """);
        database.execute("ANALYZE botgate.intent");
        EntrySearch search = new EntrySearch("botgate", query, PostgresReader.PAGE_BYTES);
        String sql = search.sql();
        Tuple parameters = search.parameters();
        for (int i = parameters.size(); i >= 1; i--) {
            sql = sql.replace("$" + i, "'" + parameters.getString(i - 1) + "'");
        }
        StringBuilder plan = new StringBuilder();
        try (Connection connection = database.open();
                Statement prepare = connection.createStatement()) {
            prepare.execute(PostgresReader.PREPARE);
            try (PreparedStatement explain = connection.prepareStatement("EXPLAIN " + sql);
                    ResultSet lines = explain.executeQuery()) {
                while (lines.next()) {
                    plan.append(lines.getString(1)).append('\n');
                }
            }
        }
        return plan.toString();
    }

    private void intent(int minute, String request, @Nullable String conversation) {
        database.execute(
                """
                INSERT INTO botgate.intent (at, id, gateway, run, sequence, request_id, operation, method, uri, upstream,
                    verified, conversation, body_form)
                VALUES (date_trunc('month', now()) + interval '%d minutes', gen_random_uuid(), 'gate', '%s', %d, '%s',
                    'SendToConversation', 'POST', '/', 'teams', false, %s, 'none')
                """
                        .formatted(minute, RUN, minute, request, text(conversation)));
    }

    private void outcome(String request, String table, @Nullable String conversation) {
        database.execute(
                """
                INSERT INTO botgate.%s (intent_at, intent_id, at, gateway, run, close, status, attempts, latency_micros,
                    conversation)
                SELECT at, id, at, 'gate', run, 'succeeded', 201, 1, 1, %s FROM botgate.intent WHERE request_id = '%s'
                """
                        .formatted(table, text(conversation), request));
    }

    private static String text(@Nullable String value) {
        return value == null ? "NULL" : "'" + value + "'";
    }
}
