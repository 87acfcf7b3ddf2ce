package dev.botgate.audit.postgres;

import static dev.botgate.testing.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.Hold;
import dev.botgate.audit.Hold.Subject;
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

/** A month that a legal hold covers is kept whole, whoever asks for its drop and whatever is left of it. */
@ExtendWith({TestPostgres.class, VertxExtension.class})
class HeldMonthTest {
    private final TestDatabase database;
    private final DatabaseAddress address;
    private Holds holds;

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
                WITH made AS (INSERT INTO botgate.intent (at, id, gateway, boot, sequence, request_id, operation, method,
                    uri, upstream, bot, verified, body_form)
                  VALUES ('2024-01-31T23:59:59Z', gen_random_uuid(), 'gate', gen_random_uuid(), 1, 'r',
                    'CreateConversation', 'POST', '/v3/conversations', 'teams', '28:held', false, 'none') RETURNING *)
                INSERT INTO botgate.outcome (intent_at, intent_id, at, gateway, boot, close, attempts, latency_micros,
                  conversation) SELECT at, id, at, gateway, boot, 'succeeded', 1, 10, '19:made' FROM made
                """);
        InstantSource clock = InstantSource.fixed(Instant.parse("2024-04-03T00:00:00Z"));
        holds = new Holds(vertx, address, clock);
    }

    @Test
    void theDatabaseItselfRefusesToDropAHeldMonth_untilTheHoldIsLifted() {
        Hold bot = await(holds.add(Subject.BOT, "28:held", "a case", "me"));
        Hold conversation = await(holds.add(Subject.CONVERSATION, "19:made", "another", "me"));

        assertThat(dropped()).isFalse();
        assertThat(await(holds.remove(bot.id(), "settled", "me"))).isTrue();
        assertThat(dropped()).isFalse();
        assertThat(partitions()).hasSize(5);
        assertThat(database.number("SELECT count(*) FROM botgate.access")).isZero();

        assertThat(await(holds.remove(conversation.id(), "settled", "me"))).isTrue();
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
