package dev.botgate.server;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.botgate.exchange.Arrival;
import dev.botgate.exchange.Destination;
import dev.botgate.exchange.MemoryBudget;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.exchange.Service;
import dev.botgate.server.ClientConnections.CloseReason;
import dev.botgate.testing.TestSettings;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;

/** A plan of a data listener with a single service behind it. */
public final class ServerPlan {
    private static final Duration LONG = Duration.ofMinutes(2);

    private final MeterRegistry registry = new SimpleMeterRegistry();
    private Duration headTimeout = LONG;
    private Duration writeTimeout = LONG;
    private int maximum = 10_000;
    private int perAddress = 10_000;
    private long maximumBytes = 1 << 24;

    @CanIgnoreReturnValue
    ServerPlan headTimeout(Duration timeout) {
        headTimeout = timeout;
        return this;
    }

    @CanIgnoreReturnValue
    ServerPlan writeTimeout(Duration timeout) {
        writeTimeout = timeout;
        return this;
    }

    @CanIgnoreReturnValue
    ServerPlan connections(int inAll, int ofAddress) {
        maximum = inAll;
        perAddress = ofAddress;
        return this;
    }

    /** The maximum of unsent replies in direct memory. */
    @CanIgnoreReturnValue
    ServerPlan maximumBytes(long bytes) {
        maximumBytes = bytes;
        return this;
    }

    double connections() {
        return registry.get("botgate.connections").gauge().value();
    }

    double unsent() {
        return registry.get("botgate.connections.unsent").gauge().value();
    }

    double closed(CloseReason reason) {
        return registry.get("botgate.connections.closed")
                .tag("reason", reason.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .counter()
                .count();
    }

    MeterRegistry registry() {
        return registry;
    }

    /** Settings of one event loop on a free port, with more time than any test takes. */
    public static ServerSettings settings() {
        return new ServerPlan().planned();
    }

    private ServerSettings planned() {
        return TestSettings.with(
                TestSettings.PACKAGED.server(),
                "port",
                0,
                "eventLoops",
                1,
                "transport",
                ServerSettings.TransportKind.NIO,
                "idleTimeout",
                LONG,
                "headTimeout",
                headTimeout,
                "bodyTimeout",
                LONG,
                "writeTimeout",
                writeTimeout,
                "shutdownTimeout",
                Duration.ofSeconds(1));
    }

    /** Limits that no test reaches. */
    public static ConnectionLimits noLimits() {
        return new ConnectionLimits(10_000, 10_000, 1 << 24, "data", new SimpleMeterRegistry());
    }

    /** A server in front of {@code service}; not started. */
    GatewayServer of(Vertx vertx, Service<Arrival> service) {
        return new GatewayServer(
                vertx,
                planned(),
                uri -> new Destination("teams", uri),
                service,
                new MemoryBudget(1L << 30, registry),
                new ConnectionLimits(maximum, perAddress, maximumBytes, "data", registry),
                InstantSource.system(),
                registry);
    }

    static Reply ok(Buffer body) {
        return new Reply(200, "OK", MultiMap.caseInsensitiveMultiMap(), new ReplyBody.Whole(body));
    }
}
