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
 * @param transport the interface to the kernel that event loops use
 * @param maximumHeaderBytes the maximum size of a request's headers
 * @param maximumUriBytes the maximum size of a request line
 * @param maximumConnections the maximum number of client connections; null derives it from the file descriptors and the heap
 * @param maximumConnectionsPerAddress the maximum of them from one address; null means nine tenths
 * @param idleTimeout how long a connection may be silent before it is closed
 * @param headTimeout how long the head of a request may take to arrive, or the rest of a request that was answered early
 * @param bodyTimeout how long the body of an operation may take to arrive
 * @param writeTimeout how long a client may read nothing of its reply
 * @param bodyMemoryBytes the maximum memory of the bodies of all requests under way; null means a quarter of the heap
 * @param shutdownTimeout how long requests under way may take to finish when the gateway stops
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
