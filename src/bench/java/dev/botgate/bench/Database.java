package dev.botgate.bench;

import dev.botgate.audit.postgres.DatabaseAddress;
import dev.botgate.audit.postgres.Migrations;
import dev.botgate.testing.TestDatabase;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * A PostgreSQL of its own whose commits are as durable as a gateway asks for, with the schema that a gateway finds from its
 * second start on: one whose JVM has migrated it is measurably slower until it ends.
 */
final class Database implements AutoCloseable {
    private static final List<String> DURABLE = List.of("fsync", "synchronous_commit", "full_page_writes");

    private final EmbeddedPostgres server;
    private final TestDatabase database;

    private Database(EmbeddedPostgres server, TestDatabase database) {
        this.server = server;
        this.database = database;
    }

    static Database start(Path directory) throws IOException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(directory)
                .setLocaleConfig("locale", "C.UTF-8")
                .setServerConfig("max_wal_size", "4GB")
                .setServerConfig("min_wal_size", "2GB");
        DURABLE.forEach(setting -> builder.setServerConfig(setting, "on"));
        EmbeddedPostgres server = builder.start();
        TestDatabase database = new TestDatabase(server.getPort(), "postgres");
        for (String setting : DURABLE) {
            String value = database.rows("SHOW " + setting).get(0);
            if (!value.equals("on")) {
                server.close();
                throw new IOException(setting + ": " + value + " (expected: on)");
            }
        }
        var unused = new Migrations(new DatabaseAddress(database.url(), database.settings())).migrate();
        return new Database(server, database);
    }

    /**
     * Leaves the files of the log that are no longer needed to be written again, as on a server that has run for long: one
     * that makes each file anew has all commits wait for that, some 20 ms for every 16 MiB.
     */
    void checkpoint() {
        database.execute("CHECKPOINT");
    }

    URI url() {
        return database.url();
    }

    /** How many mutations are recorded to their end. */
    long outcomes() {
        return database.number("SELECT count(*) FROM botgate.outcome");
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
