package dev.botgate.server;

import static dev.botgate.failure.SettingCheck.atLeast;
import static dev.botgate.failure.SettingCheck.between;
import static dev.botgate.failure.SettingCheck.notBlank;
import static dev.botgate.failure.SettingCheck.positive;

import dev.botgate.failure.SettingCheck;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the data listener.
 *
 * @param host the address to bind
 * @param port the port to bind; 0 takes a free one
 * @param publicUrl the address under which bots reach the gateway; null means the bound address
 * @param eventLoops how many event loops serve it; 0 means one per core
 * @param transport what event loops ask the kernel by
 * @param maximumHeaderBytes the most that a request's headers may take, in bytes
 * @param maximumUriBytes the most that a request line may take, in bytes
 * @param maximumConnections the most connections of clients at a time; null derives them from what the process may open
 * @param maximumConnectionsPerAddress the most of them from one address; null means nine tenths of all
 * @param idleTimeout how long a connection may be silent before it is closed
 * @param headTimeout how long the head of a request may take to arrive, and what is left of one that was answered already
 * @param bodyTimeout how long the body of an operation may take to arrive
 * @param writeTimeout how long a client may take nothing of its reply
 * @param bodyMemoryBytes what bodies of requests under way may take in memory together; null means a quarter of the heap
 * @param shutdownTimeout how long requests under way may take to finish once the gateway was told to stop
 */
public record ServerSettings(
        String host,
        int port,
        @Nullable URI publicUrl,
        int eventLoops,
        TransportKind transport,
        int maximumHeaderBytes,
        int maximumUriBytes,
        @Nullable Integer maximumConnections,
        @Nullable Integer maximumConnectionsPerAddress,
        Duration idleTimeout,
        Duration headTimeout,
        Duration bodyTimeout,
        Duration writeTimeout,
        @Nullable Long bodyMemoryBytes,
        Duration shutdownTimeout) {
    /** The interface to the kernel that event loops use. */
    public enum TransportKind {
        /** The first available of the others, in their order. */
        AUTO,
        /** Linux's io_uring, where the kernel, and a container's seccomp profile, allow it. */
        IO_URING,
        /** Linux's epoll, by native code. */
        EPOLL,
        /** Java's own. */
        NIO
    }

    public ServerSettings {
        notBlank("host", host);
        between("port", port, 0, 65_535);
        between("event-loops", eventLoops, 0, 256);
        atLeast("maximum-header-bytes", maximumHeaderBytes, 1_024);
        atLeast("maximum-uri-bytes", maximumUriBytes, 256);
        positive("idle-timeout", idleTimeout);
        positive("head-timeout", headTimeout);
        positive("body-timeout", bodyTimeout);
        positive("write-timeout", writeTimeout);
        if (maximumConnections != null) {
            atLeast("maximum-connections", maximumConnections, 1);
        }
        if (maximumConnectionsPerAddress != null) {
            atLeast("maximum-connections-per-address", maximumConnectionsPerAddress, 1);
        }
        if (bodyMemoryBytes != null) {
            atLeast("body-memory-bytes", bodyMemoryBytes, 65_536);
        }
        positive("shutdown-timeout", shutdownTimeout);
        if (publicUrl != null && !isBase(publicUrl)) {
            throw SettingCheck.refused(
                    "public-url",
                    publicUrl.getRawUserInfo() == null ? publicUrl : "(withheld)",
                    "an absolute http or https URL without query, fragment and user, such as https://gate.example");
        }
    }

    /** How many event loops there are. */
    public int actualEventLoops() {
        return eventLoops == 0 ? Runtime.getRuntime().availableProcessors() : eventLoops;
    }

    private static boolean isBase(URI url) {
        return url.getScheme() != null
                && url.getScheme().matches("(?i)https?")
                && url.getHost() != null
                && url.getRawUserInfo() == null
                && url.getRawQuery() == null
                && url.getRawFragment() == null;
    }
}
