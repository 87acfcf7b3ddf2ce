package dev.botgate.audit.writer;

import static dev.botgate.testing.Await.await;

import dev.botgate.audit.AuditEntry;
import dev.botgate.audit.AuditSettings;
import dev.botgate.audit.ExchangeIds;
import dev.botgate.audit.Exchanges;
import dev.botgate.audit.GatewayRun;
import dev.botgate.audit.JournalSettings;
import dev.botgate.audit.journal.FailingDisk;
import dev.botgate.audit.postgres.DatabaseAddress;
import dev.botgate.audit.postgres.PostgresStore;
import dev.botgate.audit.postgres.TrailFixture;
import dev.botgate.testing.TestDatabase;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A fresh schema, with journaled trails on it that are closed together. */
final class JournaledFixture implements AutoCloseable {
    private final TestDatabase database;
    private final TrailFixture postgres;
    private final FailingDisk disk = new FailingDisk();
    private final List<TrailWriter> trails = new ArrayList<>();
    private ExchangeIds ids = newIds();

    JournaledFixture(TestDatabase database) {
        this.database = database;
        this.postgres = new TrailFixture(database);
    }

    private static ExchangeIds newIds() {
        return new ExchangeIds(new GatewayRun("gate-1", UUID.randomUUID()), InstantSource.system());
    }

    /** Of the trail that was started last. */
    ExchangeIds ids() {
        return ids;
    }

    FailingDisk disk() {
        return disk;
    }

    TestDatabase database() {
        return database;
    }

    TrailFixture postgres() {
        return postgres;
    }

    /** A trail of a run of its own. */
    TrailWriter trail(JournalSettings journal, Duration commitTimeout) {
        AuditSettings settings = Exchanges.journaled(commitTimeout, journal);
        ids = newIds();
        TrailWriter trail = await(TrailWriter.start(
                postgres.vertx(),
                PostgresStore.at(
                        postgres.vertx(),
                        new DatabaseAddress(database.url(), database.settings()),
                        ids.gateway(),
                        settings.commitTimeout(),
                        Future::succeededFuture),
                settings,
                ids,
                InstantSource.system(),
                postgres.registry(),
                disk));
        trails.add(trail);
        return trail;
    }

    List<AuditEntry> entries() {
        return postgres.entries();
    }

    double counted(String name) {
        return postgres.registry()
                .get("botgate.audit.journal." + name)
                .counter()
                .count();
    }

    @Override
    public void close() {
        trails.forEach(trail -> await(trail.close().otherwiseEmpty()));
        postgres.close();
    }
}
