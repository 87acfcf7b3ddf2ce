package dev.botgate.audit.postgres;

import static dev.botgate.testing.Await.await;

import dev.botgate.audit.AuditEntry;
import dev.botgate.audit.AuditSettings;
import dev.botgate.audit.ExchangeIds;
import dev.botgate.audit.Exchanges;
import dev.botgate.audit.access.EntryQuery;
import dev.botgate.audit.writer.TrailWriter;
import dev.botgate.testing.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A fresh schema, with trails and a reader on it that are closed together. */
public final class TrailFixture implements AutoCloseable {
    private final Vertx vertx = Vertx.vertx();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<TrailWriter> trails = new ArrayList<>();
    private final TestDatabase database;
    private final DatabaseAddress address;
    private final PostgresReader reader;
    private final PostgresAccessLog accesses;

    public TrailFixture(TestDatabase database) {
        this.database = database;
        this.address = new DatabaseAddress(database.url(), database.settings());
        database.execute("DROP SCHEMA IF EXISTS botgate CASCADE");
        List<String> applied = new Migrations(address).migrate();
        if (applied.isEmpty()) {
            throw new IllegalStateException("There was nothing to migrate");
        }
        await(new Partitions(vertx, address, InstantSource.system()).start());
        this.reader = new PostgresReader(vertx, address);
        this.accesses = new PostgresAccessLog(vertx, address);
    }

    public Vertx vertx() {
        return vertx;
    }

    public SimpleMeterRegistry registry() {
        return registry;
    }

    /** A trail that writes here. */
    public TrailWriter trail(AuditSettings settings) {
        return trail(settings, Exchanges.ids());
    }

    /** A trail that writes here, with ids of its own. */
    public TrailWriter trail(AuditSettings settings, ExchangeIds ids) {
        TrailWriter trail = await(TrailWriter.start(
                vertx,
                PostgresStore.at(vertx, address, ids.gateway(), settings.commitTimeout(), Future::succeededFuture),
                settings,
                ids,
                InstantSource.system(),
                registry));
        trails.add(trail);
        return trail;
    }

    /** As the run's heartbeat does: its exchanges below {@code openSequence} are closed. */
    public void run(UUID runId, long openSequence) {
        database.execute("INSERT INTO botgate.gateway_run (run, gateway, open_sequence) VALUES ('" + runId
                + "', 'gate', " + openSequence + ")");
    }

    public PostgresReader reader() {
        return reader;
    }

    public PostgresAccessLog accesses() {
        return accesses;
    }

    /** What is recorded, newest first, with bodies. */
    public List<AuditEntry> entries() {
        return await(reader.search(EntryQuery.newest(1_000).withBodies())).entries();
    }

    /** How many commits there have been. */
    public long commits() {
        return registry.get("botgate.audit.commit").timer().count();
    }

    /** Keeps everybody from writing intents, and so a commit under way, until closed. */
    public Lock lockIntents() {
        Connection connection = database.open();
        try (Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE botgate.intent IN ACCESS EXCLUSIVE MODE");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return new Lock(connection);
    }

    /** How many commits wait for a lock. */
    public long blockedCommits() {
        return database.number("SELECT count(*) FROM pg_stat_activity"
                + " WHERE application_name = 'botgate trail' AND wait_event_type = 'Lock'");
    }

    /** A lock on the intents. */
    public record Lock(Connection connection) implements AutoCloseable {
        @Override
        public void close() {
            try {
                connection.close();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public void close() {
        trails.forEach(trail -> await(trail.close().otherwiseEmpty()));
        await(reader.close());
        await(accesses.close());
        await(vertx.close());
    }
}
