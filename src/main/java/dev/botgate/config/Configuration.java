package dev.botgate.config;

import dev.botgate.admin.AdminSettings;
import dev.botgate.audit.AuditSettings;
import dev.botgate.audit.postgres.DatabaseSettings;
import dev.botgate.cache.CacheSettings;
import dev.botgate.failure.SettingCheck;
import dev.botgate.fleet.RedisSettings;
import dev.botgate.identity.IdentitySettings;
import dev.botgate.normalize.NormalizeSettings;
import dev.botgate.ratelimit.RateLimitSettings;
import dev.botgate.sandbox.SandboxSettings;
import dev.botgate.server.ServerSettings;
import dev.botgate.upstream.UpstreamSettings;
import java.util.TreeSet;

/** Every setting of the gateway; {@code conf/botgate.yaml} documents each. */
public record Configuration(
        ServerSettings server,
        AdminSettings admin,
        UpstreamSettings upstream,
        IdentitySettings identity,
        NormalizeSettings normalize,
        RedisSettings redis,
        CacheSettings cache,
        RateLimitSettings ratelimit,
        AuditSettings audit,
        DatabaseSettings database,
        SandboxSettings sandbox,
        LoggingSettings logging) {
    public Configuration {
        if (ratelimit.countsInRedis() && redis.url() == null) {
            throw SettingCheck.refused("ratelimit.store", "redis", "memory, or a redis.url");
        }
        for (String name : cache.ignoreNoCache()) {
            if (!upstream.connectors().containsKey(name)) {
                throw SettingCheck.refused(
                        "cache.ignore-no-cache",
                        name,
                        "one of "
                                + String.join(
                                        ", ",
                                        new TreeSet<>(upstream.connectors().keySet())));
            }
        }
    }
}
