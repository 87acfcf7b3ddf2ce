package dev.botgate.upstream;

import dev.botgate.exchange.Call;
import dev.botgate.exchange.MemoryBudget;
import dev.botgate.exchange.Payload;
import dev.botgate.testing.TestSettings;
import dev.botgate.upstream.UpstreamSettings.ConnectorSettings;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.TrustOptions;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Forwarders for tests, and calls for them. */
final class Forwarding {
    private Forwarding() {}

    /** One to {@code url}; replies are held up to 1,024 bytes. */
    static Forwarder forwarder(Vertx vertx, URI url, Duration firstByte, int connections) {
        return forwarder(vertx, settings(url, firstByte, connections), new SimpleMeterRegistry());
    }

    /** The same, which trusts {@code trust}. */
    static Forwarder forwarder(Vertx vertx, URI url, Duration firstByte, int connections, TrustOptions trust) {
        return forwarder(vertx, settings(url, firstByte, connections), new SimpleMeterRegistry(), trust);
    }

    private static UpstreamSettings settings(URI url, Duration firstByte, int connections) {
        return TestSettings.with(
                settings(Map.of("teams", new ConnectorSettings(url))),
                "firstByteTimeout",
                firstByte,
                "maximumConnections",
                connections);
    }

    /** The packaged settings with other connectors, few requests that wait, small replies and no retry. */
    static UpstreamSettings settings(Map<String, ConnectorSettings> connectors) {
        return TestSettings.with(
                TestSettings.PACKAGED.upstream(),
                "connectors",
                connectors,
                "maximumWaiting",
                4,
                "maximumReplyBytes",
                1_024,
                "retry",
                Retrying.never());
    }

    static Forwarder forwarder(Vertx vertx, UpstreamSettings settings, MeterRegistry registry) {
        return forwarder(vertx, settings, registry, null);
    }

    private static Forwarder forwarder(
            Vertx vertx, UpstreamSettings settings, MeterRegistry registry, @Nullable TrustOptions trust) {
        return new Forwarder(
                vertx,
                settings,
                new Connectors(settings, URI.create("http://gate.example")),
                trust,
                new MemoryBudget(1 << 20, registry),
                registry);
    }

    /** A call of nobody, with an empty object where its method asks for a body. */
    static Call call(String method, String path) {
        return Retrying.call(method, path, method.equals("POST") ? whole(Buffer.buffer("{}")) : new Payload.None());
    }

    static Call post(String path, Buffer body) {
        return Retrying.call("POST", path, whole(body));
    }

    private static Payload whole(Buffer body) {
        return new Payload.Whole(body, null, "application/json", List.of());
    }
}
