package dev.botgate.gateway;

import dev.botgate.audit.GatewayRun;
import dev.botgate.cache.CacheSettings;
import dev.botgate.cache.InvalidationBus;
import dev.botgate.cache.MemberCache;
import dev.botgate.cache.redis.RedisInvalidationBus;
import dev.botgate.fleet.FleetConnection;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Makes the member lists' cache of this process. */
final class MemberLists {
    private MemberLists() {}

    /** @param fleet the connection to the other gateways, started later; null for a single gateway */
    static MemberCache of(
            CacheSettings settings,
            @Nullable FleetConnection fleet,
            GatewayRun gateway,
            InstantSource clock,
            MeterRegistry registry) {
        InvalidationBus bus = fleet == null
                ? InvalidationBus.alone()
                : new RedisInvalidationBus(fleet, gateway.boot().toString(), registry);
        return new MemberCache(settings, bus, System::nanoTime, clock, registry);
    }
}
