package dev.botgate.server;

import com.sun.management.UnixOperatingSystemMXBean;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.ManagementFactory;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Limits of the client connections of a listener, for all its event loops: their number, in all and from one address, and the
 * memory of their unsent replies and pipelined requests. Thread-safe.
 */
public final class ConnectionLimits {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionLimits.class);

    /** Descriptors that the process needs besides its clients: jars, event loops, database, Redis, journal, operator. */
    private static final long RESERVED_DESCRIPTORS = 256;

    /** A client may also need a connection to a connector. */
    private static final long DESCRIPTORS_PER_CLIENT = 2;

    private static final long HEAP_PER_CLIENT = 16_384;
    private static final int MIN_CONNECTIONS = 16;
    private static final long UNKNOWN_DESCRIPTORS = 65_536;
    private static final long CLIENT_MEMORY_DIVISOR = 4;
    private static final long OPERATOR_MEMORY_DIVISOR = 16;
    private static final long MAX_OPERATOR_CONNECTIONS = 256;
    private static final long DESCRIPTORS_PER_OPERATOR = 8;
    private static final int IPV6_NETWORK_BYTES = 8;

    /** Pipelined requests may take this part of the memory of unsent replies. */
    private static final long EARLY_DIVISOR = 4;

    private final String listener;
    private final int maximum;
    private final int perAddress;
    private final AtomicInteger open = new AtomicInteger();
    private final ConcurrentHashMap<Object, Integer> byAddress = new ConcurrentHashMap<>();
    private final AtomicLong early = new AtomicLong();
    private final AtomicLong unsent = new AtomicLong();
    private final long maximumEarly;
    private final long maximumUnsent;
    private final Counter refusedByTotal;
    private final Counter refusedByAddress;

    /** The limit that is reached. */
    enum Full {
        TOTAL,
        PER_ADDRESS
    }

    /**
     * @param maximum connections in all
     * @param perAddress connections from one address; a /64 of IPv6 counts as one
     * @param bytes maximum direct memory of unsent replies; pipelined requests may take a quarter of that in addition
     * @param listener names it in the metrics
     */
    public ConnectionLimits(int maximum, int perAddress, long bytes, String listener, MeterRegistry registry) {
        this.listener = listener;
        this.maximum = maximum;
        this.perAddress = perAddress;
        this.maximumUnsent = bytes;
        this.maximumEarly = bytes / EARLY_DIVISOR;
        this.refusedByTotal = refused("all", listener, registry);
        this.refusedByAddress = refused("address", listener, registry);
        Gauge.builder("botgate.connections", open, AtomicInteger::get)
                .description("Client connections")
                .tag("listener", listener)
                .register(registry);
        Gauge.builder("botgate.connections.maximum", () -> maximum)
                .description("The maximum of client connections")
                .tag("listener", listener)
                .register(registry);
        Gauge.builder("botgate.connections.unsent", unsent, AtomicLong::get)
                .description("Direct memory of replies that clients have not read")
                .baseUnit("bytes")
                .tag("listener", listener)
                .register(registry);
    }

    /**
     * The limits of the data listener. Defaults: half of the file descriptors beyond the gateway's own, and at most one connection
     * for each {@value #HEAP_PER_CLIENT} bytes of heap; nine tenths of them from one address: enough for a proxy, but one client cannot take all.
     */
    public static ConnectionLimits of(ServerSettings settings, MeterRegistry registry) {
        long descriptors = descriptors();
        Integer configured = settings.maximumConnections();
        int maximum = configured != null
                ? configured
                : derived(descriptors, Runtime.getRuntime().maxMemory());
        Integer configuredPerAddress = settings.maximumConnectionsPerAddress();
        int perAddress = configuredPerAddress != null ? configuredPerAddress : maximum - maximum / 10;
        var line = maximum > descriptors - RESERVED_DESCRIPTORS ? LOG.atWarn() : LOG.atInfo();
        line.addKeyValue("maximumConnections", maximum)
                .addKeyValue("maximumConnectionsPerAddress", perAddress)
                .addKeyValue("fileDescriptors", descriptors)
                .log("Limits of the data listener's connections");
        return new ConnectionLimits(
                maximum, perAddress, PlatformDependent.maxDirectMemory() / CLIENT_MEMORY_DIVISOR, "data", registry);
    }

    /** The limits of the operator's listener, which leave most descriptors to the data listener. */
    public static ConnectionLimits ofOperators(MeterRegistry registry) {
        int maximum = (int) Math.min(MAX_OPERATOR_CONNECTIONS, descriptors() / DESCRIPTORS_PER_OPERATOR);
        return new ConnectionLimits(
                maximum, maximum, PlatformDependent.maxDirectMemory() / OPERATOR_MEMORY_DIVISOR, "operator", registry);
    }

    static int derived(long descriptors, long heap) {
        long byDescriptors = (descriptors - RESERVED_DESCRIPTORS) / DESCRIPTORS_PER_CLIENT;
        return (int) Math.max(MIN_CONNECTIONS, Math.min(byDescriptors, heap / HEAP_PER_CLIENT));
    }

    private static long descriptors() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : UNKNOWN_DESCRIPTORS;
    }

    private static Counter refused(String bound, String listener, MeterRegistry registry) {
        return Counter.builder("botgate.connections.refused")
                .description("Connections refused because there were too many, in total or from one address")
                .tag("listener", listener)
                .tag("bound", bound)
                .register(registry);
    }

    /** The key by which connections from {@code address} are counted. */
    static Object client(@Nullable SocketAddress address) {
        InetAddress ip = address instanceof InetSocketAddress internet ? internet.getAddress() : null;
        if (ip instanceof Inet6Address) {
            return ByteBuffer.wrap(ip.getAddress(), 0, IPV6_NETWORK_BYTES).slice();
        }
        return ip == null ? "local" : ip;
    }

    /** Counts a connection of {@code client} until {@link #remove}; returns the limit that is reached, or null. */
    @Nullable
    Full add(Object client) {
        if (open.incrementAndGet() > maximum) {
            open.decrementAndGet();
            return Full.TOTAL;
        }
        if (byAddress.merge(client, 1, Integer::sum) > perAddress) {
            remove(client);
            return Full.PER_ADDRESS;
        }
        return null;
    }

    void remove(Object client) {
        open.decrementAndGet();
        var unused = byAddress.computeIfPresent(client, (same, count) -> count == 1 ? null : count - 1);
    }

    void countRefused(Full why) {
        (why == Full.TOTAL ? refusedByTotal : refusedByAddress).increment();
    }

    /** The listener's name in the metrics. */
    String listener() {
        return listener;
    }

    /** The most connections in all. */
    int maximum() {
        return maximum;
    }

    /** The maximum of unsent bytes of all clients. */
    long maximumUnsent() {
        return maximumUnsent;
    }

    void addUnsent(long change) {
        unsent.addAndGet(change);
    }

    /** Changes the memory of pipelined requests by {@code change} bytes; returns false if it would exceed the maximum. */
    boolean reserveEarly(long change) {
        if (early.addAndGet(change) > maximumEarly && change > 0) {
            early.addAndGet(-change);
            return false;
        }
        return true;
    }

    void releaseEarly(long bytes) {
        if (bytes != 0) {
            early.addAndGet(-bytes);
        }
    }
}
