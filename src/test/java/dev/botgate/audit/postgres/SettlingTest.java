package dev.botgate.audit.postgres;

import static dev.botgate.testing.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.EntryQuery;
import dev.botgate.audit.State;
import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestPostgres;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is open is found, wherever it lies. */
@ExtendWith(TestPostgres.class)
class SettlingTest {
    private final TestDatabase database;
    private final TrailFixture fixture;
    private final Settling settling;

    SettlingTest(TestDatabase database) {
        this.database = database;
        this.fixture = new TrailFixture(database);
        this.settling = new Settling(fixture.vertx(), new DatabaseAddress(database.url(), database.settings()));
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void whatIsOpenForLong_isAmongTheUnsettled_untilItIsClosed() {
        intent("old", "3 days");
        intent("closed", "3 days");
        close("closed");
        intent("new", "1 minute");

        await(settling.settle());

        assertThat(unsettled()).isEqualTo(1);
        assertThat(open()).containsExactly("new", "old");
        close("old");
        assertThat(open()).containsExactly("new");
        await(settling.settle());
        assertThat(unsettled()).isZero();
        assertThat(open()).containsExactly("new");
    }

    @Test
    void whatIsRecordedLate_isFound() {
        intent("first", "9 days");
        close("first");
        await(settling.settle());

        intent("late", "5 days");
        intent("too late to be late", "40 minutes");

        assertThat(unsettled()).isEqualTo(1);
        assertThat(open()).containsExactly("too late to be late", "late");
        close("late");
        assertThat(open()).containsExactly("too late to be late");
    }

    @Test
    void withoutSettling_theSameIsFound() {
        intent("old", "3 days");
        intent("new", "1 minute");

        assertThat(open()).containsExactly("new", "old");
    }

    private List<String> open() {
        return await(fixture.reader().search(EntryQuery.newest(10).in(State.OPEN))).entries().stream()
                .map(entry -> entry.intent().requestId())
                .toList();
    }

    private long unsettled() {
        return database.number("SELECT count(*) FROM botgate.unsettled");
    }

    private void intent(String requestId, String age) {
        database.execute(
                """
                INSERT INTO botgate.intent (at, id, gateway, boot, sequence, request_id, operation, method, uri, upstream,
                    verified, body_form)
                VALUES (now() - interval '%s', gen_random_uuid(), 'gate', gen_random_uuid(), 1, '%s', 'other', 'POST',
                    '/', 'teams', false, 'none')
                """
                        .formatted(age, requestId));
    }

    private void close(String requestId) {
        database.execute(
                """
                INSERT INTO botgate.outcome (intent_at, intent_id, at, gateway, boot, close, attempts, latency_micros)
                SELECT at, id, at, gateway, boot, 'succeeded', 1, 10 FROM botgate.intent WHERE request_id = '%s'
                """
                        .formatted(requestId));
    }
}
