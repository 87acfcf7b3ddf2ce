package dev.botgate.gateway;

import dev.botgate.audit.AuditFilter;
import dev.botgate.cache.CacheFilter;
import dev.botgate.cache.InvalidationFilter;
import dev.botgate.config.Configuration;
import dev.botgate.exchange.Arrival;
import dev.botgate.exchange.Service;
import dev.botgate.normalize.ContentNegotiator;
import dev.botgate.normalize.Normalizer;
import dev.botgate.pipeline.Pipeline;
import dev.botgate.ratelimit.AdmitAgainFilter;
import dev.botgate.ratelimit.AdmitFilter;
import dev.botgate.server.FailureReplies;
import dev.botgate.server.GatewayServer;
import dev.botgate.server.MethodFilter;
import dev.botgate.upstream.Connectors;
import dev.botgate.upstream.Forwarder;
import dev.botgate.upstream.RetryFilter;
import dev.botgate.upstream.ServiceUrlFilter;
import dev.botgate.upstream.UnknownRoutes;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The part of a gateway on one event loop: a listener, and a pipeline with its own connections to the connectors. */
final class GatewayInstance extends VerticleBase {
    private final SharedServices services;
    private @Nullable Forwarder forwarder;
    private @Nullable GatewayServer server;

    GatewayInstance(SharedServices services) {
        this.services = services;
    }

    @Override
    public Future<?> start() {
        Configuration configuration = services.configuration();
        Connectors connectors = new Connectors(services.upstream(), services.address());
        forwarder = new Forwarder(
                vertx, services.upstream(), connectors, services.trust(), services.bodyMemory(), services.registry());
        Service<Arrival> pipeline = Pipeline.of(
                new ContentNegotiator(configuration.normalize(), services.schema()),
                new FailureReplies(),
                new MethodFilter(),
                new UnknownRoutes(services.upstream().unknownRoutes()),
                services.identity().filter(),
                new CacheFilter(services.cache(), CacheFilter.Timers.of(vertx), services.clock()),
                new AdmitFilter(services.limits()),
                new Normalizer(configuration.normalize(), services.schema()),
                new ServiceUrlFilter(services.upstream(), configuration.server().publicUrl()),
                new AuditFilter(
                        services.trail(),
                        services.ids(),
                        services.recording(),
                        configuration.audit().answer(),
                        services.clock(),
                        System::nanoTime),
                new InvalidationFilter(services.cache()),
                new RetryFilter(
                        services.upstream().retry(),
                        services.retryBudgets(),
                        pause -> vertx.timer(Math.max(1, pause.toMillis()), TimeUnit.MILLISECONDS),
                        services.clock(),
                        System::nanoTime,
                        () -> ThreadLocalRandom.current().nextDouble(),
                        services.registry()),
                new AdmitAgainFilter(services.limits()),
                forwarder);
        server = new GatewayServer(
                vertx,
                configuration.server(),
                connectors::choose,
                pipeline,
                services.bodyMemory(),
                services.connectionLimits(),
                services.clock(),
                services.registry());
        return server.start(services.port());
    }

    /** Waits for running requests, then closes the connections to the connectors. */
    @Override
    public Future<?> stop() {
        return Objects.requireNonNull(server).stop().eventually(() -> Objects.requireNonNull(forwarder)
                .close());
    }
}
