package dev.botgate.gateway;

import dev.botgate.audit.AuditSettings;
import dev.botgate.audit.AuditTrail;
import dev.botgate.audit.ExchangeIds;
import dev.botgate.audit.OutagePolicy;
import dev.botgate.audit.journal.JournalDirectory;
import dev.botgate.audit.postgres.DatabaseAddress;
import dev.botgate.audit.postgres.DatabaseAway;
import dev.botgate.audit.postgres.Durability;
import dev.botgate.audit.postgres.Heartbeat;
import dev.botgate.audit.postgres.Migrations;
import dev.botgate.audit.postgres.Partitions;
import dev.botgate.audit.postgres.PostgresStore;
import dev.botgate.audit.writer.TrailWriter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The audit trail of a gateway: its database, its writer as {@code audit.on-outage} says, and the gateway's heartbeat. */
final class Trail {
    private static final Logger LOG = LoggerFactory.getLogger(Trail.class);
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private final Preparation preparation;
    private final TrailWriter writer;
    private final Heartbeat heartbeat;

    private Trail(Preparation preparation, TrailWriter writer, Heartbeat heartbeat) {
        this.preparation = preparation;
        this.writer = writer;
        this.heartbeat = heartbeat;
    }

    /** Prepares the database and starts writer and heartbeat. With a journal, the database may be away. */
    static Trail start(
            Vertx vertx,
            DatabaseAddress address,
            AuditSettings settings,
            ExchangeIds ids,
            InstantSource clock,
            MeterRegistry registry)
            throws Exception {
        boolean journaled = settings.onOutage() == OutagePolicy.JOURNAL;
        if (!journaled) {
            JournalDirectory.requireEmpty(settings.journal().directory());
        }
        Preparation preparation = new Preparation(vertx, address, clock);
        prepare(preparation, journaled);
        TrailWriter writer = Blocking.await(
                TrailWriter.start(
                        vertx,
                        PostgresStore.at(vertx, address, ids.gateway(), settings.commitTimeout(), preparation::done),
                        settings,
                        ids,
                        clock,
                        registry),
                START_LIMIT);
        Heartbeat heartbeat = new Heartbeat(
                vertx,
                address,
                ids.gateway(),
                settings.heartbeat(),
                writer.journal(),
                writer::earlierDrained,
                writer::firstOpen,
                System::nanoTime,
                registry);
        if (journaled) {
            heartbeat.startInBackground();
        } else {
            try {
                Blocking.await(heartbeat.start(), START_LIMIT);
            } catch (Exception e) {
                writer.close().onFailure(e::addSuppressed);
                throw e;
            }
        }
        return new Trail(preparation, writer, heartbeat);
    }

    private static void prepare(Preparation preparation, boolean journaled) throws Exception {
        try {
            preparation.now();
        } catch (Exception e) {
            if (!journaled || !DatabaseAway.is(e)) {
                throw e;
            }
            LOG.atDebug().setCause(e).log("The database is away at the start");
        }
    }

    AuditTrail writer() {
        return writer;
    }

    /** Why committed entries may be lost; empty when commits are durable, or the database was not reached yet. */
    Optional<String> durabilityProblem() {
        return preparation.problem();
    }

    /** Why other gateways may take this one for dead. That cannot happen while the trail is written to the journal. */
    Optional<String> heartbeatProblem() {
        return writer.firstOpen().isPresent() ? heartbeat.problem() : Optional.empty();
    }

    /** What an operator should know although entries are recorded. */
    Optional<String> note() {
        return writer.note();
    }

    /** Flushes the trail and records that this gateway has ended. */
    Future<Void> close() {
        Future<Void> flushed = writer.close();
        return flushed.eventually(() -> heartbeat.stop(flushed.succeeded() && writer.drained()));
    }

    /** Brings the database into use: migrates the schema, creates the coming months, and checks whether commits are durable. */
    private static final class Preparation {
        private final Vertx vertx;
        private final DatabaseAddress address;
        private final Partitions partitions;
        private volatile @Nullable Durability durability;

        Preparation(Vertx vertx, DatabaseAddress address, InstantSource clock) {
            this.vertx = vertx;
            this.address = address;
            this.partitions = new Partitions(vertx, address, clock);
        }

        /** Prepares the database, on a thread that may block. */
        void now() throws Exception {
            migrate();
            var unused = Blocking.await(afterMigration(), START_LIMIT);
        }

        /** Prepares the database unless that is done already; on any thread. */
        Future<Void> done() {
            return durability != null
                    ? Future.succeededFuture()
                    : vertx.<Void>executeBlocking(
                                    () -> {
                                        migrate();
                                        return null;
                                    },
                                    false)
                            .compose(migrated -> afterMigration());
        }

        /** Why committed entries may be lost; empty when commits are durable, or the database was not reached yet. */
        Optional<String> problem() {
            Durability known = durability;
            return known == null || known.safe()
                    ? Optional.empty()
                    : Optional.of("commits are not durable: " + String.join(", ", known.unsafe()));
        }

        private void migrate() {
            new Migrations(address).prepare().forEach(applied -> LOG.info("Applied migration {}", applied));
        }

        private Future<Void> afterMigration() {
            return partitions
                    .start()
                    .compose(created -> Durability.of(vertx, address))
                    .onSuccess(this::checked)
                    .mapEmpty();
        }

        private void checked(Durability checked) {
            durability = checked;
            checked.unsafe().forEach(setting -> LOG.atWarn()
                    .addKeyValue("setting", setting)
                    .log("The database may lose committed entries"));
        }
    }
}
