package dev.botgate.audit.postgres;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;

/**
 * Brings the trail's schema up to date, from the migrations in {@code sql/}.
 *
 * <p>Blocks; for start-up and the command line only. Any number of gateways may start at once: one migrates, the others
 * wait for it. The lock is our own, because Flyway's covers neither the schema's creation nor that of its own table.
 *
 * <p>Each method fails with an IllegalStateException when the database cannot be reached, or when a build from before the
 * first release made the schema.
 */
public final class Migrations {
    private final DatabaseAddress address;

    public Migrations(DatabaseAddress address) {
        this.address = address;
    }

    /**
     * Makes the schema fit this version, or checks that it does where {@code database.migrate} is false.
     *
     * @return what was applied
     */
    public List<String> prepare() {
        if (address.settings().migrate()) {
            return migrate();
        }
        check();
        return List.of();
    }

    /** Applies what is pending, and returns what that was, such as {@code V1 audit trail}. */
    public List<String> migrate() {
        return locked(() -> {
            Flyway flyway = flyway();
            List<String> pending = pending(flyway);
            flyway.migrate();
            return pending;
        });
    }

    /** Checks that all migrations of this version are applied. Those of later versions do not matter. */
    public void check() {
        List<String> pending = locked(() -> pending(flyway()));
        if (!pending.isEmpty()) {
            throw new IllegalStateException(schema() + " lacks the migrations " + String.join(", ", pending)
                    + ": check database.url and database.schema, or apply them with the command migrate");
        }
    }

    private List<String> pending(Flyway flyway) {
        List<MigrationInfo> all = Arrays.stream(flyway.info().all())
                .filter(migration -> migration.getVersion() != null)
                .toList();
        if (all.stream().anyMatch(known -> known.getState().isResolved() && !known.isChecksumMatching())) {
            throw new IllegalStateException(schema() + " was made by a build from before the first release (found: "
                    + names(all, MigrationState::isApplied) + "; expected: " + names(all, MigrationState::isResolved)
                    + ", with the checksum of this version). Export its entries with that build if you need them, then"
                    + " set database.schema to a new name");
        }
        return Arrays.stream(flyway.info().pending()).map(Migrations::name).toList();
    }

    private String schema() {
        return "The schema " + address.settings().schema() + " of the database " + address.shown();
    }

    private static String names(List<MigrationInfo> migrations, Predicate<MigrationState> which) {
        return migrations.stream()
                .filter(migration -> which.test(migration.getState()))
                .map(Migrations::name)
                .collect(Collectors.joining(", "));
    }

    private static String name(MigrationInfo migration) {
        return "V" + migration.getVersion() + " " + migration.getDescription();
    }

    private <T> T locked(Supplier<T> action) {
        try (Connection connection = DriverManager.getConnection(address.jdbcUrl(), address.jdbcProperties());
                PreparedStatement lock = connection.prepareStatement(
                        "SELECT pg_advisory_lock(hashtextextended('botgate migrations of ' || ?, 0))")) {
            lock.setString(1, address.settings().schema());
            lock.execute();
            return action.get();
        } catch (SQLException e) {
            throw new IllegalStateException(
                    "The database of the trail, " + address.shown() + ", cannot be used: " + e.getMessage(), e);
        }
    }

    private Flyway flyway() {
        String schema = address.settings().schema();
        Map<String, String> properties = new HashMap<>();
        address.jdbcProperties().forEach((name, value) -> properties.put(name.toString(), value.toString()));
        return Flyway.configure()
                .dataSource(
                        address.jdbcUrl(),
                        address.settings().user(),
                        address.settings().password())
                .jdbcProperties(properties)
                .schemas(schema)
                .defaultSchema(schema)
                .createSchemas(true)
                .placeholders(Map.of("schema", address.schema()))
                .locations("classpath:sql")
                .failOnMissingLocations(true)
                .loggers("slf4j")
                .load();
    }
}
