package dev.botgate.gateway;

import dev.botgate.audit.AuditSettings;
import dev.botgate.audit.AuditTrail;
import dev.botgate.audit.ExchangeIds;
import dev.botgate.audit.OutagePolicy;
import dev.botgate.audit.journal.Leftovers;
import dev.botgate.audit.postgres.DatabaseAddress;
import dev.botgate.audit.postgres.DatabaseAway;
import dev.botgate.audit.postgres.Heartbeat;
import dev.botgate.audit.postgres.PostgresStore;
import dev.botgate.audit.writer.TrailWriter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The trail as {@code audit.on-outage} wants it, and the heartbeat of the run that writes it. */
final class Trail {
    private static final Logger log = LoggerFactory.getLogger(Trail.class);
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private final TrailWriter writer;
    private final Heartbeat heartbeat;

    private Trail(TrailWriter writer, Heartbeat heartbeat) {
        this.writer = writer;
        this.heartbeat = heartbeat;
    }

    /**
     * What a trail is made of.
     *
     * @param preparation what is done to the database first
     */
    record Parts(
            Vertx vertx,
            DatabaseAddress address,
            Preparation preparation,
            AuditSettings settings,
            ExchangeIds ids,
            InstantSource clock,
            MeterRegistry registry) {

        /** Starts the trail and the heartbeat. With a journal, the database may be away. */
        Trail start() throws Exception {
            boolean journaled = settings.onOutage() == OutagePolicy.JOURNAL;
            if (!journaled) {
                Leftovers.refuse(settings.journal().directory());
            }
            prepare(journaled);
            TrailWriter writer = Blocking.await(
                    TrailWriter.start(
                            vertx,
                            PostgresStore.at(
                                    vertx, address, ids.gateway(), settings.commitTimeout(), preparation::done),
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
                heartbeat.startUnheard();
            } else {
                try {
                    Blocking.await(heartbeat.start(), START_LIMIT);
                } catch (Exception e) {
                    writer.close().onFailure(e::addSuppressed);
                    throw e;
                }
            }
            return new Trail(writer, heartbeat);
        }

        private void prepare(boolean journaled) throws Exception {
            try {
                preparation.now();
            } catch (Exception e) {
                if (!journaled || !DatabaseAway.is(e)) {
                    throw e;
                }
                log.atDebug().setCause(e).log("The database is away at the start");
            }
        }
    }

    AuditTrail trail() {
        return writer;
    }

    /** Why others may take this gateway for dead. While the journal takes the trail, nobody can close anything. */
    Optional<String> heartbeatProblem() {
        return writer.firstOpen().isPresent() ? heartbeat.problem() : Optional.empty();
    }

    /** What an operator should know although entries are recorded. */
    Optional<String> note() {
        return writer.note();
    }

    /** Flushes the trail, and tells the other gateways that this one has ended. */
    Future<Void> close() {
        Future<Void> flushed = writer.close();
        return flushed.eventually(() -> heartbeat.stop(flushed.succeeded() && writer.drained()));
    }
}
