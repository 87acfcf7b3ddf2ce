package dev.botgate.audit.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.testing.Await;
import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestPostgres;
import dev.botgate.testing.TestVertx;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith({TestPostgres.class, TestVertx.class})
class SchemaHistoryTest {
    private final TestDatabase database;
    private final DatabaseAddress address;
    private final Vertx vertx;

    SchemaHistoryTest(TestDatabase database, Vertx vertx) {
        this.vertx = vertx;
        this.database = database;
        this.address = new DatabaseAddress(Objects.requireNonNull(database.url()), database.settings());
    }

    @BeforeEach
    void emptyTheDatabase() {
        database.execute("DROP SCHEMA IF EXISTS botgate CASCADE");
    }

    @Test
    void whenFlywayAppliedAll_itIsCurrent() {
        assertThat(new Migrations(address).prepare()).hasSameSizeAs(SchemaHistory.SHIPPED);

        assertThat(current()).isTrue();
    }

    @Test
    void whenThereIsNoSchema_itIsNot() {
        assertThat(current()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE botgate.flyway_schema_history SET checksum = checksum + 1 WHERE version = '3'",
                "UPDATE botgate.flyway_schema_history SET checksum = NULL WHERE version = '3'",
                "UPDATE botgate.flyway_schema_history SET success = false WHERE version = '9'",
                "UPDATE botgate.flyway_schema_history SET description = 'else' WHERE version = '2'",
                "UPDATE botgate.flyway_schema_history SET type = 'BASELINE' WHERE version = '1'",
                "DELETE FROM botgate.flyway_schema_history WHERE version = '4'",
                "INSERT INTO botgate.flyway_schema_history VALUES (99, '99', 'later', 'SQL', 'V99__later.sql', 1, 'x', now(), 1, true)",
                "INSERT INTO botgate.flyway_schema_history SELECT 99, version, description, type, script, checksum, installed_by,"
                        + " installed_on, execution_time, success FROM botgate.flyway_schema_history WHERE version = '1'",
                "DROP TABLE botgate.flyway_schema_history",
            })
    void whenAnythingDiffers_itIsForFlywayToJudge(String change) {
        assertThat(new Migrations(address).prepare()).isNotEmpty();
        database.execute(change);

        assertThat(current()).isFalse();
    }

    @Test
    void everyMigrationThatIsShipped_isKnown() throws IOException {
        List<String> files;
        try (Stream<Path> sql = Files.list(Path.of("sql"))) {
            files = sql.map(file -> file.getFileName().toString()).toList();
        }

        assertThat(SchemaHistory.SHIPPED).containsExactlyInAnyOrderElementsOf(files);
    }

    private boolean current() {
        return Await.await(address.connect(vertx, "test")
                .compose(connection -> SchemaHistory.isCurrent(connection, address.schema(), SchemaHistory.shipped())
                        .eventually(connection::close)));
    }
}
