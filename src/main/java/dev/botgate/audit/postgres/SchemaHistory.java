package dev.botgate.audit.postgres;

import io.vertx.core.Future;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Row;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * What Flyway has written down of the migrations that it applied, compared with those of this gateway: where both are the
 * same to the last checksum there is nothing to do, and Flyway, which costs a third of a start, is not asked.
 *
 * <p>Any difference at all, failed, missing, changed or foreign migrations, is for Flyway to judge.
 */
final class SchemaHistory {
    /** The migrations in {@code sql/}, all of them. */
    static final List<String> SHIPPED = List.of(
            "V1__audit_trail.sql",
            "V2__reading.sql",
            "V3__liveness.sql",
            "V4__attempts.sql",
            "V7__redaction.sql",
            "V8__never_beaten.sql",
            "V9__late_and_threads.sql",
            "V10__whole_months.sql",
            "V13__holds_and_recipients.sql",
            "V14__threads_in_order.sql");

    private static final String UNDEFINED_TABLE = "42P01";
    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    private SchemaHistory() {}

    private static final class Shipped {
        static final Set<String> LINES = read();
    }

    /** What Flyway notes of the shipped migrations; read once for all, at first on a thread that may block. */
    static Set<String> shipped() {
        return Shipped.LINES;
    }

    /** Whether exactly {@code shipped} is applied; false too where there is no history. */
    static Future<Boolean> isCurrent(PgConnection connection, String schema, Set<String> shipped) {
        // Flyway notes too that it made the schema.
        return connection
                .query("SELECT version, description, script, checksum, type, success FROM " + schema
                        + ".flyway_schema_history WHERE type <> 'SCHEMA'")
                .execute()
                .map(rows -> {
                    Set<String> applied = new HashSet<>();
                    for (Row row : rows) {
                        if (!row.getBoolean("success") || !row.getString("type").equals("SQL")) {
                            return false;
                        }
                        applied.add(line(
                                row.getString("version"),
                                row.getString("description"),
                                row.getString("script"),
                                row.getInteger("checksum")));
                    }
                    return rows.size() == shipped.size() && applied.equals(shipped);
                })
                .recover(cause ->
                        cause instanceof PgException ? Future.succeededFuture(false) : Future.failedFuture(cause));
    }

    /** The versions of shipped migrations that are not applied, such as {@code V9}; none where that may not be asked. */
    static Future<List<String>> missing(PgConnection connection, String schema) {
        return connection
                .query("SELECT 'V' || version FROM " + schema + ".flyway_schema_history WHERE success")
                .execute()
                .map(rows -> {
                    Set<String> applied = new HashSet<>();
                    rows.forEach(row -> applied.add(row.getString(0)));
                    return versions()
                            .filter(version -> !applied.contains(version))
                            .toList();
                })
                .recover(cause -> switch (cause instanceof PgException refused ? refused.getSqlState() : "") {
                    case UNDEFINED_TABLE -> Future.succeededFuture(versions().toList());
                    case INSUFFICIENT_PRIVILEGE -> Future.succeededFuture(List.of());
                    default -> Future.failedFuture(cause);
                });
    }

    private static Stream<String> versions() {
        return SHIPPED.stream().map(script -> script.substring(0, script.indexOf("__")));
    }

    private static Set<String> read() {
        return SHIPPED.stream()
                .map(script -> {
                    int separator = script.indexOf("__");
                    return line(
                            script.substring(1, separator),
                            script.substring(separator + 2, script.length() - ".sql".length())
                                    .replace('_', ' '),
                            script,
                            checksumOf("/sql/" + script));
                })
                .collect(Collectors.toSet());
    }

    /** One migration in Flyway's notes. */
    private static String line(
            @Nullable String version, String description, String script, @Nullable Integer checksum) {
        return String.join("\n", version, description, script, String.valueOf(checksum));
    }

    /** The CRC-32 of the lines without their ends, as Flyway reckons it. */
    private static int checksumOf(String resource) {
        CRC32 checksum = new CRC32();
        try (InputStream in = SchemaHistory.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is not packaged");
            }
            BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                checksum.update(line.getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(resource + " cannot be read", e);
        }
        return (int) checksum.getValue();
    }
}
