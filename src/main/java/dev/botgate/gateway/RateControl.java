package dev.botgate.gateway;

import dev.botgate.audit.GatewayRun;
import dev.botgate.fleet.FleetConnection;
import dev.botgate.ratelimit.LimitStore;
import dev.botgate.ratelimit.MemoryStore;
import dev.botgate.ratelimit.RateLimitSettings;
import dev.botgate.ratelimit.RateLimits;
import dev.botgate.ratelimit.Ticker;
import dev.botgate.ratelimit.Timers;
import dev.botgate.ratelimit.redis.RedisStore;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Makes the rate limits of this process, with the store that the settings ask for. */
final class RateControl {
    private static final Duration START_LIMIT = Duration.ofSeconds(30);

    private RateControl() {}

    /** @param fleet the connection to Redis, started later; null for a single gateway */
    static LimitStore store(
            RateLimitSettings settings, @Nullable FleetConnection fleet, GatewayRun gateway, MeterRegistry registry) {
        return settings.countsInRedis() && fleet != null
                ? new RedisStore(fleet, settings, gateway.boot().toString(), Ticker.system(), registry)
                : new MemoryStore(Ticker.system(), settings.throttled(), settings.maximumScopes());
    }

    static RateLimits start(
            Vertx vertx, RateLimitSettings settings, LimitStore store, InstantSource clock, MeterRegistry registry)
            throws Exception {
        RateLimits limits = new RateLimits(settings, store, Timers.of(vertx), Ticker.system(), clock, registry);
        Blocking.await(limits.learnDistance(), START_LIMIT);
        return limits;
    }
}
