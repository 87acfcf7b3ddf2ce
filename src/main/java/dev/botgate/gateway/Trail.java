package dev.botgate.gateway;

import dev.botgate.audit.AuditSettings;
import dev.botgate.audit.AuditTrail;
import dev.botgate.audit.ExchangeIds;
import dev.botgate.audit.OutagePolicy;
import dev.botgate.audit.journal.JournaledTrail;
import dev.botgate.audit.journal.Leftovers;
import dev.botgate.audit.postgres.DatabaseAddress;
import dev.botgate.audit.postgres.DatabaseAway;
import dev.botgate.audit.postgres.Heartbeat;
import dev.botgate.audit.postgres.PostgresStore;
import dev.botgate.audit.postgres.PostgresTrail;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The trail as {@code audit.on-outage} wants it, and the heartbeat of who writes it. */
final class Trail {
    private static final Logger LOG = LoggerFactory.getLogger(Trail.class);
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private final AuditTrail trail;
    private final Heartbeat heartbeat;
    private final BooleanSupplier drained;
    private final BooleanSupplier inDatabase;
    private final Supplier<Optional<String>> note;

    private Trail(
            AuditTrail trail,
            Heartbeat heartbeat,
            BooleanSupplier drained,
            BooleanSupplier inDatabase,
            Supplier<Optional<String>> note) {
        this.trail = trail;
        this.inDatabase = inDatabase;
        this.heartbeat = heartbeat;
        this.drained = drained;
        this.note = note;
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

        /** Starts what the settings ask for, the heartbeat included. Where the journal stands in, the database may be away. */
        Trail start() throws Exception {
            return settings.onOutage() == OutagePolicy.JOURNAL ? journaled() : refusing();
        }

        private Trail refusing() throws Exception {
            Leftovers.refuse(settings.journal().directory());
            preparation.now();
            Heartbeat heartbeat = new Heartbeat(vertx, address, ids, settings.heartbeat(), System::nanoTime, registry);
            Future<Void> beating = heartbeat.start();
            PostgresTrail trail =
                    Blocking.await(PostgresTrail.start(vertx, address, settings, ids, clock, registry), START_LIMIT);
            try {
                Blocking.await(beating, START_LIMIT);
            } catch (Exception e) {
                trail.close().onFailure(e::addSuppressed);
                throw e;
            }
            return new Trail(trail, heartbeat, () -> true, () -> true, Optional::empty);
        }

        private Trail journaled() throws Exception {
            try {
                preparation.now();
            } catch (Exception e) {
                if (!DatabaseAway.is(e)) {
                    throw e;
                }
                LOG.atDebug().setCause(e).log("The database is away at the start");
            }
            JournaledTrail trail = Blocking.await(
                    JournaledTrail.start(
                            vertx,
                            PostgresStore.at(
                                    vertx,
                                    address,
                                    ids.gateway(),
                                    settings.commitTimeout(),
                                    preparation::done,
                                    registry),
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
                    trail.journal(),
                    trail::earlierDrained,
                    trail::firstOpen,
                    System::nanoTime,
                    registry);
            heartbeat.startUnheard();
            return new Trail(
                    trail, heartbeat, trail::drained, () -> trail.firstOpen().isPresent(), trail::note);
        }
    }

    AuditTrail trail() {
        return trail;
    }

    /** Why others may take this gateway for dead; not while the journal stands in, since then nobody can close anything. */
    Optional<String> heartbeatProblem() {
        return inDatabase.getAsBoolean() ? heartbeat.problem() : Optional.empty();
    }

    /** What an operator should know although entries are recorded. */
    Optional<String> note() {
        return note.get();
    }

    /** Flushes the trail, and tells the other gateways that this one has ended. */
    Future<Void> close() {
        Future<Void> flushed = trail.close();
        return flushed.eventually(() -> heartbeat.stop(flushed.succeeded() && drained.getAsBoolean()));
    }
}
