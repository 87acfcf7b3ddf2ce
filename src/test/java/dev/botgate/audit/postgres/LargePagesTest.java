package dev.botgate.audit.postgres;

import static dev.botgate.testing.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.AuditEntry;
import dev.botgate.audit.access.EntryQuery;
import dev.botgate.audit.access.Page;
import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestPostgres;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Five entries with bodies of 1 MiB, 3 MiB being as much as a page may have. */
@ExtendWith({TestPostgres.class, VertxExtension.class})
class LargePagesTest {
    private static final int MIB = 1 << 20;

    private final TestDatabase database;
    private final DatabaseAddress address;

    LargePagesTest(TestDatabase database) {
        this.database = database;
        this.address = new DatabaseAddress(database.url(), database.settings());
    }

    @BeforeEach
    void record() {
        database.execute("DROP SCHEMA IF EXISTS botgate CASCADE");
        assertThat(new Migrations(address).migrate()).isNotEmpty();
        database.execute(
                """
                INSERT INTO botgate.intent (at, id, gateway, run, sequence, request_id, operation, method, uri, upstream,
                    verified, body_form, body, body_length, body_sha256)
                SELECT '2024-01-01Z'::timestamptz + n * interval '1 s', gen_random_uuid(), 'gate', gen_random_uuid(), n,
                  n::text, 'other', 'POST', '/', 'teams', false, 'whole', decode(repeat('61', 1048576), 'hex'),
                  1048576, decode(repeat('00', 32), 'hex')
                FROM generate_series(1, 5) AS n
                """);
    }

    @Test
    void aPageWithBodies_endsWhereTheyAreTooMany_andTheNextGoesOn(Vertx vertx) {
        assertThat(pages(
                        new PostgresReader(vertx, address, 3 * MIB),
                        EntryQuery.newest(100).withBodies()))
                .containsExactly(List.of("5", "4", "3"), List.of("2", "1"));
        assertThat(pages(
                        new PostgresReader(vertx, address, 3 * MIB),
                        EntryQuery.newest(2).withBodies()))
                .containsExactly(List.of("5", "4"), List.of("3", "2"), List.of("1"));
        assertThat(pages(new PostgresReader(vertx, address, 3 * MIB), EntryQuery.newest(100)))
                .containsExactly(List.of("5", "4", "3", "2", "1"));
    }

    @Test
    void aBodyThatIsTooMuchAlone_isAPage(Vertx vertx) {
        assertThat(pages(
                        new PostgresReader(vertx, address, 10),
                        EntryQuery.newest(100).withBodies().inOldestFirstOrder()))
                .containsExactly(List.of("1"), List.of("2"), List.of("3"), List.of("4"), List.of("5"));
    }

    @Test
    void theWayBack_isCutToo(Vertx vertx) {
        PostgresReader reader = new PostgresReader(vertx, address, 2 * MIB);
        Page<AuditEntry> last = await(reader.search(EntryQuery.newest(4)));
        last = await(reader.search(EntryQuery.newest(4).withBodies().after(String.valueOf(last.next()))));
        assertThat(ids(last)).containsExactly("1");

        Page<AuditEntry> before =
                await(reader.search(EntryQuery.newest(4).withBodies().after(String.valueOf(last.previous()))));

        assertThat(ids(before)).containsExactly("3", "2");
        assertThat(before.previous()).isNotNull();
        await(reader.close());
    }

    private static List<List<String>> pages(PostgresReader reader, EntryQuery query) {
        List<List<String>> pages = new ArrayList<>();
        Page<AuditEntry> page = await(reader.search(query));
        pages.add(ids(page));
        while (page.next() != null) {
            page = await(reader.search(query.after(String.valueOf(page.next()))));
            pages.add(ids(page));
        }
        await(reader.close());
        return pages;
    }

    private static List<String> ids(Page<AuditEntry> page) {
        return page.entries().stream().map(entry -> entry.intent().requestId()).toList();
    }
}
