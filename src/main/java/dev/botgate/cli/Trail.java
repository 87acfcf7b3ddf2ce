package dev.botgate.cli;

import dev.botgate.audit.AuditSettings;
import dev.botgate.audit.AuditTrail;
import dev.botgate.audit.ExchangeIds;
import dev.botgate.audit.OutagePolicy;
import dev.botgate.audit.journal.JournaledTrail;
import dev.botgate.audit.journal.Leftovers;
import dev.botgate.audit.postgres.DatabaseAddress;
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

/** The trail as {@code audit.on-outage} wants it, and the heartbeat of who writes it. */
final class Trail {
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private final AuditTrail trail;
    private final Heartbeat heartbeat;
    private final BooleanSupplier drained;
    private final Supplier<Optional<String>> note;

    private Trail(AuditTrail trail, Heartbeat heartbeat, BooleanSupplier drained, Supplier<Optional<String>> note) {
        this.trail = trail;
        this.heartbeat = heartbeat;
        this.drained = drained;
        this.note = note;
    }

    static Trail start(
            Vertx vertx,
            DatabaseAddress address,
            AuditSettings settings,
            ExchangeIds ids,
            InstantSource clock,
            MeterRegistry registry)
            throws Exception {
        Trail trail = settings.onOutage() == OutagePolicy.JOURNAL
                ? journaled(vertx, address, settings, ids, clock, registry)
                : refusing(vertx, address, settings, ids, clock, registry);
        try {
            Blocking.await(trail.heartbeat.start(), START_LIMIT);
        } catch (Exception e) {
            trail.trail.close().onFailure(e::addSuppressed);
            throw e;
        }
        return trail;
    }

    private static Trail refusing(
            Vertx vertx,
            DatabaseAddress address,
            AuditSettings settings,
            ExchangeIds ids,
            InstantSource clock,
            MeterRegistry registry)
            throws Exception {
        Leftovers.refuse(settings.journal().directory());
        PostgresTrail trail =
                Blocking.await(PostgresTrail.start(vertx, address, settings, ids, clock, registry), START_LIMIT);
        Heartbeat heartbeat = new Heartbeat(vertx, address, ids, settings.heartbeat(), System::nanoTime, registry);
        return new Trail(trail, heartbeat, () -> true, Optional::empty);
    }

    private static Trail journaled(
            Vertx vertx,
            DatabaseAddress address,
            AuditSettings settings,
            ExchangeIds ids,
            InstantSource clock,
            MeterRegistry registry)
            throws Exception {
        JournaledTrail trail = Blocking.await(
                JournaledTrail.start(
                        vertx,
                        PostgresStore.at(vertx, address, ids.gateway(), settings.commitTimeout(), registry),
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
        return new Trail(trail, heartbeat, trail::drained, trail::note);
    }

    AuditTrail trail() {
        return trail;
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
