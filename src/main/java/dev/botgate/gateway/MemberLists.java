package dev.botgate.gateway;

import dev.botgate.audit.GatewayRun;
import dev.botgate.cache.CacheSettings;
import dev.botgate.cache.ElapsedTime;
import dev.botgate.cache.InvalidationBus;
import dev.botgate.cache.MemberCache;
import dev.botgate.cache.redis.RedisInvalidationBus;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes the member lists' cache of this process, and its place in the fleet that the settings ask for. */
final class MemberLists {
    private static final Duration START_LIMIT = Duration.ofSeconds(30);

    private MemberLists() {}

    /**
     * A Redis that is down keeps no gateway from starting.
     *
     * @param redis makes an event loop for what talks to Redis, which no bot's body delays
     */
    static MemberCache start(
            Supplier<Vertx> redis,
            CacheSettings settings,
            GatewayRun gateway,
            InstantSource clock,
            MeterRegistry registry,
            CloseStack closing)
            throws Exception {
        ElapsedTime time = new ElapsedTime(System::nanoTime, clock);
        @Nullable URI url = settings.redis().url();
        if (url == null) {
            return new MemberCache(settings, InvalidationBus.alone(), time, clock, registry);
        }
        RedisInvalidationBus fleet = new RedisInvalidationBus(
                redis.get(),
                settings.redis(),
                url,
                Trust.of("cache.redis.trusted-certificates", settings.redis().trustedCertificates()),
                gateway.boot().toString(),
                registry);
        MemberCache cache = new MemberCache(settings, fleet, time, clock, registry);
        closing.before("fleet of the member lists", fleet::close);
        var unused = Blocking.await(fleet.start(), START_LIMIT);
        return cache;
    }
}
