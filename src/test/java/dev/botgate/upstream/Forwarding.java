package dev.botgate.upstream;

import dev.botgate.exchange.Call;
import dev.botgate.exchange.Caller;
import dev.botgate.exchange.HeldBytes;
import dev.botgate.exchange.Payload;
import dev.botgate.exchange.Peer;
import dev.botgate.exchange.RequestHead;
import dev.botgate.operation.RouteTable;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Forwarders for tests, and calls for them. */
final class Forwarding {
    private Forwarding() {}

    /** One to {@code url}, which is called {@code up}; replies are held up to 1,024 bytes. */
    static Forwarder forwarder(Vertx vertx, URI url, Duration firstByte, int connections) {
        UpstreamSettings settings = new UpstreamSettings(
                "up",
                Map.of("up", new ConnectorSettings(url)),
                Duration.ofSeconds(5),
                firstByte,
                Duration.ofSeconds(5),
                connections,
                4,
                1_024,
                ForwardedPolicy.REPLACE,
                null,
                Retrying.never());
        return new Forwarder(
                vertx,
                settings,
                new Connectors(settings, URI.create("http://gate")),
                null,
                new HeldBytes(1 << 20, new SimpleMeterRegistry()),
                new SimpleMeterRegistry());
    }

    /** A call of nobody, with an empty object where its method asks for a body. */
    static Call call(String method, String path) {
        RequestHead head = new RequestHead(
                "r",
                Instant.EPOCH,
                method,
                "up",
                path,
                RouteTable.match(method, path),
                MultiMap.caseInsensitiveMultiMap(),
                new Peer("127.0.0.1", "http", "gate"));
        return new Call(
                head, Caller.anonymous(), method.equals("POST") ? whole(Buffer.buffer("{}")) : new Payload.None());
    }

    static Call post(String path, Buffer body) {
        return call("POST", path).with(whole(body));
    }

    private static Payload whole(Buffer body) {
        return new Payload.Whole(body, null, "application/json", List.of());
    }
}
