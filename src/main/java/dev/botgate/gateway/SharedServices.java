package dev.botgate.gateway;

import dev.botgate.audit.AuditTrail;
import dev.botgate.audit.ExchangeIds;
import dev.botgate.audit.Recording;
import dev.botgate.cache.MemberCache;
import dev.botgate.config.Configuration;
import dev.botgate.exchange.MemoryBudget;
import dev.botgate.ratelimit.RateLimits;
import dev.botgate.schema.Schema;
import dev.botgate.server.ConnectionLimits;
import dev.botgate.upstream.RetryBudgets;
import dev.botgate.upstream.UpstreamSettings;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.net.TrustOptions;
import java.net.URI;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * What all event loops of a gateway share.
 *
 * @param upstream the connectors; the sandbox in place of all of them if it runs
 * @param port the port of the bots' listener
 * @param address where bots reach the gateway
 * @param trust which certificates of connectors to trust; null for those that Java trusts
 */
record SharedServices(
        Configuration configuration,
        UpstreamSettings upstream,
        int port,
        URI address,
        @Nullable TrustOptions trust,
        Identity identity,
        AuditTrail trail,
        ExchangeIds ids,
        Recording recording,
        MemberCache cache,
        RateLimits limits,
        RetryBudgets retryBudgets,
        MemoryBudget bodyMemory,
        ConnectionLimits connectionLimits,
        Schema schema,
        InstantSource clock,
        MeterRegistry registry) {}
