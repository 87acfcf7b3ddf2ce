package dev.botgate.audit.postgres;

import static dev.botgate.testing.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.Exchanges;
import dev.botgate.audit.OutcomeStatus;
import dev.botgate.audit.access.EntryQuery;
import dev.botgate.audit.access.EntryQuery.Subject;
import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestPostgres;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is open is looked for beyond what each run has certainly closed, and nowhere else. */
@ExtendWith(TestPostgres.class)
class OpenSearchTest {
    private static final UUID LIVING = UUID.randomUUID();
    private static final UUID DEAD = UUID.randomUUID();

    private final TestDatabase database;
    private final TrailFixture fixture;

    OpenSearchTest(TestDatabase database) {
        this.database = database;
        this.fixture = new TrailFixture(database);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void whatAnyRunHasOpen_isFound_newestFirst() {
        fixture.run(LIVING, 2);
        fixture.run(DEAD, 1);
        intent(LIVING, 1, "closed long ago", "3 days", "bot-1");
        intent(LIVING, 2, "hangs", "1 day", "bot-1");
        intent(LIVING, 3, "closed", "1 hour", "bot-1");
        intent(LIVING, 4, "runs", "1 second", "bot-2");
        intent(DEAD, 1, "left", "2 hours", "bot-2");
        succeeded("closed");

        assertThat(open(EntryQuery.newest(10))).containsExactly("runs", "left", "hangs");
        assertThat(open(EntryQuery.newest(10).having(Subject.BOT, "bot-2"))).containsExactly("runs", "left");
        assertThat(open(EntryQuery.newest(10).inOldestFirstOrder())).containsExactly("hangs", "left", "runs");
    }

    @Test
    void whatWasClosedForTheLastTime_isNotLookedAt() {
        fixture.run(DEAD, 1);
        intent(DEAD, 1, "left", "2 hours", "bot");

        long first = closeOpenIntents();
        database.execute("UPDATE botgate.gateway_run SET closed_at = clock_timestamp() - interval '59 minutes'");
        intent(DEAD, 2, "late", "2 hours", "bot");
        List<String> beforeTheLastTime = open(EntryQuery.newest(10));
        long second = closeOpenIntents();
        long unfinished = unfinished();
        database.execute("UPDATE botgate.gateway_run SET closed_at = clock_timestamp() - interval '61 minutes'");
        long third = closeOpenIntents();

        assertThat(List.of(first, second, third)).containsExactly(1L, 1L, 0L);
        assertThat(beforeTheLastTime).containsExactly("late");
        assertThat(unfinished).isOne();
        assertThat(unfinished()).isZero();
        assertThat(open(EntryQuery.newest(10))).isEmpty();
    }

    @Test
    void whenARunHasBeatenSinceItWasSeen_nothingOfItIsClosed() {
        fixture.run(DEAD, 1);
        intent(DEAD, 1, "open", "2 hours", "bot");

        long outdated = closeOpenIntents("heartbeat_at - interval '1 microsecond'");
        List<String> afterIt = open(EntryQuery.newest(10));
        long current = closeOpenIntents("heartbeat_at");

        assertThat(outdated).isZero();
        assertThat(afterIt).containsExactly("open");
        assertThat(current).isOne();
    }

    @Test
    void whenAFinishedRunWritesAgain_whatItLeavesOpenIsFound() {
        AtomicLong nanos = new AtomicLong();
        fixture.run(DEAD, 1);
        finish();
        TrailConnection connection = await(connection(nanos));
        long afterConnecting = unfinished();
        finish();
        nanos.addAndGet(Duration.ofMinutes(9).toNanos());
        await(connection.write(List.of()));
        long afterNineMinutes = unfinished();
        nanos.addAndGet(Duration.ofMinutes(2).toNanos());

        await(connection.write(List.of(Exchanges.intent("late"))));

        assertThat(List.of(afterConnecting, afterNineMinutes)).containsExactly(1L, 0L);
        assertThat(unfinished()).isOne();
        await(connection.close());
    }

    private Future<TrailConnection> connection(AtomicLong nanos) {
        DatabaseAddress address = new DatabaseAddress(database.url(), database.settings());
        return Future.future(opened -> fixture.vertx().runOnContext(ignored -> TrailConnection.open(
                        fixture.vertx(), address, DEAD, Duration.ofSeconds(10), nanos::get)
                .onComplete(opened)));
    }

    private void finish() {
        database.execute("UPDATE botgate.gateway_run SET closed_at = clock_timestamp(), closed_below = 1,"
                + " finished_at = clock_timestamp()");
    }

    private List<String> open(EntryQuery query) {
        return await(fixture.reader().search(query.withStatus(OutcomeStatus.OPEN))).entries().stream()
                .map(entry -> entry.intent().requestId())
                .toList();
    }

    private long unfinished() {
        return database.number("SELECT count(*) FROM botgate.gateway_run WHERE finished_at IS NULL");
    }

    private long closeOpenIntents() {
        return closeOpenIntents("heartbeat_at");
    }

    /** As one that saw the run beat for the last time at {@code seen}. */
    private long closeOpenIntents(String seen) {
        return database.number("SELECT botgate.close_open_intents(run, " + seen + ", 'other', gen_random_uuid())"
                + " FROM botgate.gateway_run WHERE run = '" + DEAD + "'");
    }

    private void intent(UUID runId, long sequence, String requestId, String age, String bot) {
        database.execute(
                """
                INSERT INTO botgate.intent (at, id, gateway, run, sequence, request_id, operation, method, uri, upstream,
                    bot, verified, body_form)
                VALUES (now() - interval '%s', gen_random_uuid(), 'gate', '%s', %d, '%s', 'other', 'POST', '/', 'teams',
                    '%s', false, 'none')
                """
                        .formatted(age, runId, sequence, requestId, bot));
    }

    private void succeeded(String requestId) {
        database.execute(
                """
                INSERT INTO botgate.outcome (intent_at, intent_id, at, gateway, run, close, attempts, latency_micros)
                SELECT at, id, at, gateway, run, 'succeeded', 1, 10 FROM botgate.intent WHERE request_id = '%s'
                """
                        .formatted(requestId));
    }
}
