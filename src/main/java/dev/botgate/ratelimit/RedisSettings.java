package dev.botgate.ratelimit;

import static dev.botgate.failure.SettingCheck.notBlank;
import static dev.botgate.failure.SettingCheck.notNegative;
import static dev.botgate.failure.SettingCheck.positive;

import dev.botgate.failure.SettingCheck;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The Redis that the gateways of a fleet share.
 *
 * @param url {@code redis://[:password@]host:port[/database]}, or {@code rediss} for TLS
 * @param prefix what every key starts with; fleets apart need prefixes apart
 * @param connectTimeout how long a connection may take to open
 * @param commandTimeout how long a command may take
 * @param heartbeat how often a gateway tells that it is alive, and looks for a Redis that was gone
 * @param whenGone what is decided while Redis is gone
 * @param hold how long the admissions of other gateways are reckoned with after Redis went, and shares are kept after it
 *     came back; exact for windows up to this length
 * @param trustedCertificates a file of PEM certificates that a {@code rediss} server is trusted by; null trusts whom Java
 *     trusts
 */
public record RedisSettings(
        URI url,
        String prefix,
        Duration connectTimeout,
        Duration commandTimeout,
        Duration heartbeat,
        StoreOutagePolicy whenGone,
        Duration hold,
        @Nullable Path trustedCertificates) {
    public RedisSettings {
        if (url.getHost() == null || !("redis".equals(url.getScheme()) || "rediss".equals(url.getScheme()))) {
            throw SettingCheck.refused("url", "this URL", "redis://host:port or rediss://host:port");
        }
        notBlank("prefix", prefix);
        if (prefix.indexOf('{') >= 0 || prefix.indexOf('}') >= 0) {
            throw SettingCheck.refused("prefix", prefix, "a text without braces");
        }
        positive("connect-timeout", connectTimeout);
        positive("command-timeout", commandTimeout);
        positive("heartbeat", heartbeat);
        notNegative("hold", hold);
    }
}
