package dev.botgate.cache;

import static dev.botgate.failure.SettingCheck.notBlank;
import static dev.botgate.failure.SettingCheck.positive;

import dev.botgate.failure.SettingCheck;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The Redis through which the gateways of a fleet tell each other what is dropped.
 *
 * @param url {@code redis://[:password@]host:port[/database]}, or {@code rediss} for TLS; null for a gateway alone
 * @param prefix what the channels' names start with; fleets apart need prefixes apart
 * @param connectTimeout how long a connection may take to open
 * @param commandTimeout how long a command may take
 * @param heartbeat how often a gateway makes sure that it still hears, and looks for a Redis that was gone
 * @param trustedCertificates a file of PEM certificates that a {@code rediss} server is trusted by; null trusts whom Java
 *     trusts
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
        positive("connect-timeout", connectTimeout);
        positive("command-timeout", commandTimeout);
        positive("heartbeat", heartbeat);
    }
}
