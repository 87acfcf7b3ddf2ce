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
import dev.botgate.server.Methods;
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

/** The gateway of one event loop: a listener, and a pipeline with connections of its own behind it. */
final class GatewayInstance extends VerticleBase {
    private final SharedServices concerns;
    private @Nullable Forwarder forwarder;
    private @Nullable GatewayServer server;

    GatewayInstance(SharedServices concerns) {
        this.concerns = concerns;
    }

    @Override
    public Future<?> start() {
        Configuration configuration = concerns.configuration();
        Connectors connectors = new Connectors(configuration.upstream(), concerns.address());
        forwarder = new Forwarder(
                vertx, configuration.upstream(), connectors, concerns.trust(), concerns.held(), concerns.registry());
        Service<Arrival> pipeline = Pipeline.of(
                new ContentNegotiator(configuration.normalize(), concerns.schema()),
                new FailureReplies(),
                new Methods(),
                new UnknownRoutes(configuration.upstream().unknownRoutes()),
                concerns.identity().filter(),
                new CacheFilter(concerns.cache(), CacheFilter.Timers.of(vertx), concerns.clock()),
                new AdmitFilter(concerns.limits()),
                new Normalizer(configuration.normalize(), concerns.schema()),
                new ServiceUrlFilter(
                        configuration.upstream(), configuration.server().publicUrl()),
                new AuditFilter(
                        concerns.trail(),
                        concerns.ids(),
                        concerns.recording(),
                        configuration.audit().answer(),
                        concerns.clock(),
                        System::nanoTime),
                new InvalidationFilter(concerns.cache()),
                new RetryFilter(
                        configuration.upstream().retry(),
                        concerns.retryBudgets(),
                        pause -> vertx.timer(Math.max(1, pause.toMillis()), TimeUnit.MILLISECONDS),
                        concerns.clock(),
                        System::nanoTime,
                        () -> ThreadLocalRandom.current().nextDouble(),
                        concerns.registry()),
                new AdmitAgainFilter(concerns.limits()),
                forwarder);
        server = new GatewayServer(
                vertx,
                configuration.server(),
                connectors::choose,
                pipeline,
                concerns.held(),
                concerns.connectionLimits(),
                concerns.clock(),
                concerns.registry());
        return server.start();
    }

    /** Lets what runs finish, then closes the connections to the connectors. */
    @Override
    public Future<?> stop() {
        return Objects.requireNonNull(server).stop().eventually(() -> Objects.requireNonNull(forwarder)
                .close());
    }
}
