package dev.botgate.audit.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestPostgres;
import dev.botgate.testing.TestSettings;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

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
        migrations.check();
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
    void whenABuildFromBeforeTheFirstReleaseMadeTheSchema_itIsRefused_withWhatWasFoundAndTheWayOut() {
        assertThat(migrations(database.settings()).prepare()).isNotEmpty();
        database.execute(
                """
                UPDATE botgate.flyway_schema_history SET checksum = 1 WHERE version = '1';
                INSERT INTO botgate.flyway_schema_history SELECT 2, '2', 'reading', type, 'V2__reading.sql', 2, installed_by,
                  now(), 1, true FROM botgate.flyway_schema_history WHERE version = '1'
                """);

        for (boolean migrate : new boolean[] {true, false}) {
            DatabaseSettings settings = migrate ? database.settings() : withoutMigrating(database.settings());

            assertThatThrownBy(migrations(settings)::prepare)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("botgate")
                    .hasMessageContaining("(found: V1 audit trail, V2 reading; expected: V1 audit trail,")
                    .hasMessageContaining("before the first release")
                    .hasMessageContaining("set database.schema to a new name");
        }
        assertThat(database.number("SELECT count(*) FROM botgate.intent")).isZero();
    }

    @Test
    void whenALaterVersionMadeTheSchema_itIsUsed() {
        assertThat(migrations(database.settings()).prepare()).isNotEmpty();
        database.execute(
                "INSERT INTO botgate.flyway_schema_history SELECT 99, '99', 'later', type, 'V99__later.sql', 1,"
                        + " installed_by, now(), 1, true FROM botgate.flyway_schema_history WHERE version = '1'");

        assertThat(migrations(database.settings()).prepare()).isEmpty();
        assertThat(migrations(withoutMigrating(database.settings())).prepare()).isEmpty();
    }

    @Test
    void theSchemaMayHaveAnyName() {
        List<String> applied = migrations(database.settings("odd \"name")).prepare();

        assertThat(applied).isNotEmpty();
        assertThat(database.rows("SELECT schemaname FROM pg_tables WHERE tablename = 'outcome'"))
                .containsExactly("odd \"name");
        assertThat(database.rows("SELECT problem FROM \"odd \"\"name\".create_partitions('2024-01-01Z', 0)"))
                .hasSize(5)
                .containsOnly("");
        assertThat(database.number("SELECT count(*) FROM \"odd \"\"name\".expired_partitions('2024-02-01Z')"))
                .isEqualTo(5);
    }

    private static Migrations migrations(DatabaseSettings settings) {
        return new Migrations(new DatabaseAddress(Objects.requireNonNull(settings.url()), settings));
    }

    private static DatabaseSettings withoutMigrating(DatabaseSettings settings) {
        return TestSettings.with(settings, "migrate", false);
    }
}
