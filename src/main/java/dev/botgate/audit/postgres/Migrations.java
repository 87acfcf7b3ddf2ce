package dev.botgate.audit.postgres;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.jspecify.annotations.Nullable;

/**
 * Brings the trail's schema up to date, from the migrations in {@code sql/}.
 *
 * <p>Blocks; for start-up and the command line only. Any number of gateways may start at once: one migrates, the others
 * wait for it. The lock is ours, around Flyway's own, which covers neither the schema's creation nor the table that it
 * is taken on.
 */
public final class Migrations {
    private final DatabaseAddress address;

    public Migrations(DatabaseAddress address) {
        this.address = address;
    }

    /**
     * Makes the schema fit this gateway, or finds out that it does not.
     *
     * @return what was applied
     * @throws IllegalStateException when migrations are pending and {@code database.migrate} is false
     */
    public List<String> prepare() {
        if (address.settings().migrate()) {
            return migrate();
        }
        List<String> pending = pending();
        if (!pending.isEmpty()) {
            throw new IllegalStateException(
                    "The schema " + address.settings().schema() + " lacks the migrations " + String.join(", ", pending)
                            + ", and database.migrate is false: apply them with the command migrate");
        }
        return List.of();
    }

    /** Applies what is pending, and tells what that was, such as {@code V1 audit trail}. */
    public List<String> migrate() {
        try (Connection lock = DriverManager.getConnection(address.jdbcUrl(), address.jdbcProperties());
                PreparedStatement statement = lock.prepareStatement(
                        "SELECT pg_advisory_lock(hashtextextended('botgate migrations of ' || ?, 0))")) {
            statement.setString(1, address.settings().schema());
            statement.execute();
            MigrationInfoService info = flyway(true).info();
            // Flyway warns of this mode whenever it is on.
            flyway(hasGaps(info)).migrate();
            return names(info);
        } catch (SQLException e) {
            throw new IllegalStateException("The database of the trail cannot be migrated: " + e.getMessage(), e);
        }
    }

    /** What {@link #migrate} would apply now, also what has a lower number than something that is there. */
    public List<String> pending() {
        return names(flyway(true).info());
    }

    private static List<String> names(MigrationInfoService info) {
        return Arrays.stream(info.pending()).map(Migrations::name).toList();
    }

    /** Whether something pending has a lower number than what is there: V4 was shipped without V2 and V3. */
    private static boolean hasGaps(MigrationInfoService info) {
        @Nullable MigrationInfo current = info.current();
        return current != null
                && Arrays.stream(info.pending())
                        .anyMatch(pending -> pending.getVersion().compareTo(current.getVersion()) < 0);
    }

    private static String name(MigrationInfo migration) {
        return Optional.ofNullable(migration.getVersion())
                        .map(version -> "V" + version + " ")
                        .orElse("")
                + migration.getDescription();
    }

    private Flyway flyway(boolean outOfOrder) {
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
                .outOfOrder(outOfOrder)
                .failOnMissingLocations(true)
                .loggers("slf4j")
                .load();
    }
}
