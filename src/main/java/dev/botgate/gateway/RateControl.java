package dev.botgate.gateway;

import dev.botgate.audit.GatewayRun;
import dev.botgate.config.Configuration;
import dev.botgate.ratelimit.LimitStore;
import dev.botgate.ratelimit.MemoryStore;
import dev.botgate.ratelimit.RateLimitSettings;
import dev.botgate.ratelimit.RateLimits;
import dev.botgate.ratelimit.Ticker;
import dev.botgate.ratelimit.Timers;
import dev.botgate.ratelimit.redis.RedisStore;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.net.TrustOptions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Supplier;

/** Makes the rate limits of this process, with the store that the settings ask for. */
final class RateControl {
    private static final Duration START_LIMIT = Duration.ofSeconds(30);

    private RateControl() {}

    /** @param redis makes an event loop for what talks to Redis, which no bot's body delays */
    static RateLimits start(
            Vertx vertx,
            Supplier<Vertx> redis,
            Configuration configuration,
            GatewayRun gateway,
            InstantSource clock,
            MeterRegistry registry,
            CloseStack closing)
            throws Exception {
        RateLimitSettings settings = configuration.ratelimit();
        LimitStore store =
                switch (settings.store()) {
                    case MEMORY -> new MemoryStore(Ticker.system(), settings.throttled(), settings.maximumScopes());
                    case REDIS -> redis(redis.get(), settings, gateway, registry);
                };
        closing.before("rate limits", store::close);
        RateLimits limits = new RateLimits(settings, store, Timers.of(vertx), Ticker.system(), clock, registry);
        Blocking.await(limits.learnDistance(), START_LIMIT);
        return limits;
    }

    /** A Redis that is down keeps no gateway from starting. */
    private static LimitStore redis(Vertx vertx, RateLimitSettings settings, GatewayRun gateway, MeterRegistry registry)
            throws Exception {
        TrustOptions trust = Trust.of(
                "ratelimit.redis.trusted-certificates", settings.redis().trustedCertificates());
        RedisStore store = new RedisStore(vertx, settings, trust, gateway.boot().toString(), Ticker.system(), registry);
        Blocking.await(store.start(), START_LIMIT);
        return store;
    }
}
