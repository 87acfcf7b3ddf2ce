package dev.botgate.audit.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(TestPostgres.class)
class MigrationsTest {
    private final TestDatabase database;

    MigrationsTest(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void emptyTheDatabase() {
        database.execute("DROP SCHEMA IF EXISTS botgate CASCADE; DROP SCHEMA IF EXISTS \"odd \"\"name\" CASCADE");
    }

    @Test
    void whenTheSchemaIsNew_whatIsPendingIsApplied() {
        Migrations migrations = migrations(database.settings());

        List<String> applied = migrations.prepare();

        assertThat(applied).startsWith("V1 audit trail").doesNotHaveDuplicates();
        assertThat(migrations.pending()).isEmpty();
        assertThat(database.number("SELECT count(*) FROM botgate.intent")).isZero();
    }

    @Test
    void whenMigratedTwice_nothingIsAppliedAgain() {
        List<String> first = migrations(database.settings()).prepare();

        List<String> second = migrations(database.settings()).prepare();

        assertThat(first).isNotEmpty();
        assertThat(second).isEmpty();
    }

    @Test
    void whenManyGatewaysStartAtOnce_oneMigratesAndAllSucceed() {
        List<CompletableFuture<List<String>>> starts = IntStream.range(0, 4)
                .mapToObj(gateway -> CompletableFuture.supplyAsync(
                        () -> migrations(database.settings()).prepare(),
                        task -> new Thread(task, "gateway " + gateway).start()))
                .toList();

        List<List<String>> applied =
                starts.stream().map(CompletableFuture::join).toList();

        assertThat(applied).filteredOn(some -> !some.isEmpty()).hasSize(1);
    }

    @Test
    void whenMigratingIsForbiddenAndSomethingIsPending_theStartFailsByName() {
        Migrations forbidden = migrations(withoutMigrating(database.settings()));

        assertThatThrownBy(forbidden::prepare)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("V1 audit trail")
                .hasMessageContaining("botgate")
                .hasMessageContaining("migrate");
    }

    @Test
    void whenMigratingIsForbiddenAndNothingIsPending_theStartGoesOn() {
        List<String> applied = migrations(database.settings()).migrate();

        List<String> later = migrations(withoutMigrating(database.settings())).prepare();

        assertThat(applied).isNotEmpty();
        assertThat(later).isEmpty();
    }

    @Test
    void whenMigrationsThatAreMissingHaveLowerNumbersThanOneThatIsThere_theyArePending(@TempDir Path shipped)
            throws IOException {
        migrateTo(shipped, "V1__audit_trail.sql", "V4__attempts.sql");
        Migrations migrations = migrations(database.settings());

        assertThat(migrations.pending()).startsWith("V2 reading", "V3 liveness").contains("V7 redaction");
        assertThatThrownBy(migrations(withoutMigrating(database.settings()))::prepare)
                .hasMessageContaining("V2 reading")
                .hasMessageContaining("V3 liveness");
    }

    @Test
    void whenMigrationsThatAreMissingHaveLowerNumbersThanOneThatIsThere_theyAreApplied(@TempDir Path shipped)
            throws IOException {
        migrateTo(shipped, "V1__audit_trail.sql", "V4__attempts.sql");
        Migrations migrations = migrations(database.settings());

        List<String> applied = migrations.prepare();

        assertThat(applied).startsWith("V2 reading", "V3 liveness").contains("V7 redaction");
        assertThat(migrations.pending()).isEmpty();
        assertThat(migrations.prepare()).isEmpty();
        assertThat(migrations(withoutMigrating(database.settings())).prepare()).isEmpty();
        assertThat(database.rows("SELECT relname FROM pg_class WHERE relnamespace = 'botgate'::regnamespace"
                        + " AND relname IN ('access', 'boot', 'hold', 'late_outcome') ORDER BY relname"))
                .containsExactly("access", "boot", "hold", "late_outcome");
    }

    @Test
    void theSchemaMayHaveAnyName() {
        List<String> applied = migrations(database.settings("odd \"name")).prepare();

        assertThat(applied).isNotEmpty();
        assertThat(database.rows("SELECT schemaname FROM pg_tables WHERE tablename = 'outcome'"))
                .containsExactly("odd \"name");
    }

    /** Applies these migrations and no others, as a gateway did that was shipped with no others. */
    private void migrateTo(Path shipped, String... files) throws IOException {
        for (String file : files) {
            try (InputStream sql = Objects.requireNonNull(Migrations.class.getResourceAsStream("/sql/" + file))) {
                Files.write(shipped.resolve(file), sql.readAllBytes());
            }
        }
        DatabaseAddress address = new DatabaseAddress(database.url(), database.settings());
        int applied = Flyway.configure()
                .dataSource(
                        address.jdbcUrl(),
                        database.settings().user(),
                        database.settings().password())
                .schemas("botgate")
                .placeholders(Map.of("schema", "botgate"))
                .locations("filesystem:" + shipped)
                .load()
                .migrate()
                .migrationsExecuted;
        assertThat(applied).isEqualTo(files.length);
    }

    private static Migrations migrations(DatabaseSettings settings) {
        return new Migrations(new DatabaseAddress(Objects.requireNonNull(settings.url()), settings));
    }

    private static DatabaseSettings withoutMigrating(DatabaseSettings settings) {
        return new DatabaseSettings(
                settings.url(),
                settings.user(),
                settings.password(),
                settings.schema(),
                settings.dataDirectory(),
                settings.connectTimeout(),
                false);
    }
}
