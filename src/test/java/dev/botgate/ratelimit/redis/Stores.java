package dev.botgate.ratelimit.redis;

import static dev.botgate.testing.Await.await;

import dev.botgate.fleet.FleetConnection;
import dev.botgate.fleet.RedisSettings;
import dev.botgate.ratelimit.RateLimitSettings;
import dev.botgate.ratelimit.Ticker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.net.TrustOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Gateways that count in a Redis, each with a connection of its own. */
public final class Stores {
    private final Vertx vertx;
    private final Map<RedisStore, FleetConnection> connections = new LinkedHashMap<>();

    public Stores(Vertx vertx) {
        this.vertx = vertx;
    }

    /** A gateway's store, connected or not. */
    public RedisStore start(RedisSettings redis, RateLimitSettings settings) {
        return start(create(redis, settings, null, Ticker.system()));
    }

    RedisStore create(RedisSettings redis, RateLimitSettings settings, @Nullable TrustOptions trust, Ticker ticker) {
        String gateway = "gateway-" + connections.size();
        FleetConnection connection = new FleetConnection(vertx, redis, trust, gateway, new SimpleMeterRegistry());
        RedisStore store = new RedisStore(connection, settings, gateway, ticker, new SimpleMeterRegistry());
        connections.put(store, connection);
        return store;
    }

    RedisStore start(RedisStore store) {
        await(connection(store).start());
        return store;
    }

    /** All stores that were created, in that order. */
    List<RedisStore> all() {
        return List.copyOf(connections.keySet());
    }

    void close(RedisStore store) {
        await(connection(store).close());
    }

    public void close() {
        connections.values().forEach(connection -> await(connection.close()));
    }

    private FleetConnection connection(RedisStore store) {
        return Objects.requireNonNull(connections.get(store));
    }
}
