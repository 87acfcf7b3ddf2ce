package dev.botgate.audit.postgres;

import static dev.botgate.testing.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestPostgres;
import dev.botgate.testing.TestVertx;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestPostgres.class)
class RedactionMigrationTest {

    @Test
    void aTrailThatHasMonthsAlready_takesRedactedBodiesInAllOfThem(TestDatabase database) {
        database.execute("DROP SCHEMA IF EXISTS botgate CASCADE");
        DatabaseAddress address = new DatabaseAddress(database.url(), database.settings());
        Flyway.configure()
                .dataSource(
                        address.jdbcUrl(),
                        database.settings().user(),
                        database.settings().password())
                .schemas("botgate")
                .placeholders(Map.of("schema", "botgate"))
                .locations("classpath:sql")
                .target("4")
                .load()
                .migrate();
        Vertx vertx = TestVertx.create();
        assertThat(await(new Partitions(vertx, address, Clock.systemUTC()).create()))
                .isNotEmpty();

        assertThat(new Migrations(address).migrate()).contains("V7 redaction");

        for (String at : new String[] {"now()", "now() + interval '1 month'", "now() - interval '1 year'"}) {
            insert(database, at, "redacted");
        }
        assertThat(database.number("SELECT count(DISTINCT tableoid) FROM botgate.intent"))
                .isEqualTo(3);
        database.execute("DO $$ BEGIN BEGIN INSERT INTO botgate.intent SELECT now(), gen_random_uuid(), gateway, boot,"
                + " sequence, request_id, operation, method, uri, upstream, bot, tenant, verified, conversation, activity,"
                + " member, source_media_type, 'nonsense' FROM botgate.intent LIMIT 1; RAISE EXCEPTION 'taken';"
                + " EXCEPTION WHEN check_violation THEN NULL; END; END $$");
        assertThat(await(new Partitions(vertx, address, Clock.offset(Clock.systemUTC(), java.time.Duration.ofDays(90)))
                        .create()))
                .isNotEmpty();
        insert(database, "now() + interval '6 month'", "redacted");
        TestVertx.close(vertx);
    }

    private static void insert(TestDatabase database, String at, String form) {
        database.execute(
                "INSERT INTO botgate.intent (at, id, gateway, boot, sequence, request_id, operation, method, uri,"
                        + " upstream, verified, body_form, body_key) VALUES (" + at
                        + ", gen_random_uuid(), 'g', gen_random_uuid(), 1, 'r', 'other', 'POST', '/', 'u', false, '"
                        + form
                        + "', 'v1')");
    }
}
