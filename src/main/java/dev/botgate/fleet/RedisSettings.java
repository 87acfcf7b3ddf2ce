package dev.botgate.fleet;

import static dev.botgate.failure.SettingCheck.notBlank;
import static dev.botgate.failure.SettingCheck.positive;

import dev.botgate.failure.SettingCheck;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The Redis that several gateways share.
 *
 * @param url {@code redis://[:password@]host:port[/database]}, or {@code rediss} for TLS; null for a single gateway
 * @param prefix start of all keys' and channels' names; gateways with the same prefix belong together
 * @param connectTimeout how long a connection may take to open
 * @param commandTimeout how long a command may take
 * @param heartbeat time between two heartbeats, and between two attempts to connect
 * @param trustedCertificates a file of PEM certificates to trust a {@code rediss} server by; null for those of Java
 */
public record RedisSettings(
        @Nullable URI url,
        String prefix,
        Duration connectTimeout,
        Duration commandTimeout,
        Duration heartbeat,
        @Nullable Path trustedCertificates) {
    public RedisSettings {
        if (url != null
                && (url.getHost() == null || !("redis".equals(url.getScheme()) || "rediss".equals(url.getScheme())))) {
            throw SettingCheck.refused("url", "this URL", "redis://host:port or rediss://host:port");
        }
        notBlank("prefix", prefix);
        if (prefix.indexOf('{') >= 0 || prefix.indexOf('}') >= 0) {
            throw SettingCheck.refused("prefix", prefix, "a text without braces");
        }
        positive("connect-timeout", connectTimeout);
        positive("command-timeout", commandTimeout);
        positive("heartbeat", heartbeat);
    }
}
