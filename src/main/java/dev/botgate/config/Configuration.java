package dev.botgate.config;

import dev.botgate.admin.AdminSettings;
import dev.botgate.audit.AuditSettings;
import dev.botgate.audit.postgres.DatabaseSettings;
import dev.botgate.cache.CacheSettings;
import dev.botgate.identity.IdentitySettings;
import dev.botgate.normalize.NormalizeSettings;
import dev.botgate.ratelimit.RateLimitSettings;
import dev.botgate.sandbox.SandboxSettings;
import dev.botgate.server.ServerSettings;
import dev.botgate.upstream.UpstreamSettings;

/** Every setting of the gateway; {@code conf/botgate.yaml} documents each. */
public record Configuration(
        ServerSettings server,
        AdminSettings admin,
        UpstreamSettings upstream,
        IdentitySettings identity,
        NormalizeSettings normalize,
        CacheSettings cache,
        RateLimitSettings ratelimit,
        AuditSettings audit,
        DatabaseSettings database,
        SandboxSettings sandbox,
        LoggingSettings logging) {}
