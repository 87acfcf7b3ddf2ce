package dev.botgate.fleet;

import io.vertx.core.net.TrustOptions;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A Redis to speak to.
 *
 * @param url {@code redis://[:password@]host:port[/database]}, or {@code rediss} for TLS
 * @param connectTimeout how long a connection may take to open
 * @param commandTimeout how long a command may take
 * @param trust whom a server with TLS is trusted by; null for whom Java trusts
 */
public record RedisServer(URI url, Duration connectTimeout, Duration commandTimeout, @Nullable TrustOptions trust) {}
