package dev.botgate.audit.postgres;

import static dev.botgate.testing.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.AuditEntry;
import dev.botgate.audit.OutcomeStatus;
import dev.botgate.audit.access.EntryQuery;
import dev.botgate.audit.access.Page;
import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An outcome whose intent is lost, to damage of a journal or with its month, costs a search nothing. */
@ExtendWith(TestPostgres.class)
class OrphanSearchTest {
    private static final String OUTCOME = "INSERT INTO botgate.outcome (intent_at, intent_id, at, gateway, run, close,"
            + " attempts, latency_micros) ";

    private final TestDatabase database;
    private final TrailFixture fixture;

    OrphanSearchTest(TestDatabase database) {
        this.database = database;
        this.fixture = new TrailFixture(database);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void anOutcomeWithoutAnIntent_endsNoSearch() {
        database.execute(
                """
                INSERT INTO botgate.intent (at, id, gateway, run, sequence, request_id, operation, method, uri, upstream,
                    verified, body_form)
                SELECT '2024-01-01Z'::timestamptz + n * interval '1 s', gen_random_uuid(), 'gate', gen_random_uuid(), n,
                  n::text, 'other', 'POST', '/', 'teams', false, 'none'
                FROM generate_series(1, 120) AS n
                """);
        database.execute(OUTCOME + "SELECT at, id, at, gateway, run, 'failed', 1, 10 FROM botgate.intent");
        database.execute(
                OUTCOME + "SELECT '2024-01-01Z'::timestamptz + n * interval '1 s' + interval '1 ms',"
                        + " gen_random_uuid(), now(), 'gate', gen_random_uuid(), 'failed', 1, 10 FROM generate_series(90, 115) AS n");
        EntryQuery failed = EntryQuery.newest(50).withStatus(OutcomeStatus.FAILED);

        assertThat(found(failed)).isEqualTo(120);
        assertThat(found(failed.withBodies())).isEqualTo(120);
        assertThat(found(failed.inOldestFirstOrder())).isEqualTo(120);
    }

    private int found(EntryQuery query) {
        Page<AuditEntry> page = await(fixture.reader().search(query));
        int found = page.entries().size();
        while (page.next() != null) {
            page = await(fixture.reader().search(query.after(String.valueOf(page.next()))));
            found += page.entries().size();
        }
        return found;
    }
}
