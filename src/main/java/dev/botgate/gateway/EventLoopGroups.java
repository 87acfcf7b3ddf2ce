package dev.botgate.gateway;

import dev.botgate.failure.SettingCheck;
import dev.botgate.server.ServerSettings.TransportKind;
import io.netty.util.Version;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.transport.Transport;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates event loops on the transport that {@code server.transport} names. */
final class EventLoopGroups {
    private static final Logger LOG = LoggerFactory.getLogger(EventLoopGroups.class);
    private static final List<TransportKind> FASTEST_FIRST =
            List.of(TransportKind.IO_URING, TransportKind.EPOLL, TransportKind.NIO);

    private EventLoopGroups() {}

    /** Starts {@code count} loops and logs their transport. */
    static Vertx start(int count, TransportKind configured) {
        TransportKind found = choose(configured);
        LOG.atInfo()
                .addKeyValue("transport", name(found))
                .addKeyValue("eventLoops", count)
                .log("Event loops started");
        return loops(count, found);
    }

    /** Starts one more loop on the same transport, for work that must not wait for the other loops. */
    static Vertx another(TransportKind configured) {
        return loops(1, choose(configured));
    }

    private static Vertx loops(int count, TransportKind kind) {
        return Vertx.builder()
                .with(new VertxOptions().setEventLoopPoolSize(count))
                .withTransport(transport(kind))
                .build();
    }

    /**
     * The transport to use: the configured one, or for {@code auto} the fastest that is available.
     *
     * @throws IllegalArgumentException when the configured one is not available
     */
    static TransportKind choose(TransportKind configured) {
        if (configured == TransportKind.AUTO) {
            return FASTEST_FIRST.stream()
                    .filter(kind -> unavailability(kind) == null)
                    .findFirst()
                    .orElse(TransportKind.NIO);
        }
        String why = unavailability(configured);
        if (why != null) {
            throw SettingCheck.refused(
                    "server.transport",
                    name(configured),
                    "auto, or a transport that this kernel and this jar have; " + why);
        }
        return configured;
    }

    private static @Nullable String unavailability(TransportKind kind) {
        @Nullable Transport transport = transport(kind);
        if (transport == null) {
            return "the jar was built without -Pnative-transport";
        }
        if (!transport.available()) {
            Throwable cause = transport.unavailabilityCause();
            return cause == null ? "it is not available" : "it is not available: " + cause;
        }
        return kind == TransportKind.NIO ? null : otherVersion("netty-transport-native-" + name(kind));
    }

    /** Native code of another version than Netty loads, but then connections hang. */
    private static @Nullable String otherVersion(String artifact) {
        Map<String, Version> versions = Version.identify();
        Version loaded = versions.get(artifact);
        Version fitting = versions.get("netty-transport-native-unix-common");
        if (loaded == null || fitting == null) {
            return "unknown version of " + artifact;
        }
        return loaded.artifactVersion().equals(fitting.artifactVersion())
                ? null
                : "its native code is of version " + loaded.artifactVersion() + ", and Netty of "
                        + fitting.artifactVersion();
    }

    /** Null where its classes are not on the class path. */
    private static @Nullable Transport transport(TransportKind kind) {
        return switch (kind) {
            case AUTO -> null;
            case IO_URING -> Transport.IO_URING;
            case EPOLL -> Transport.EPOLL;
            case NIO -> Transport.NIO;
        };
    }

    private static String name(TransportKind kind) {
        return switch (kind) {
            case AUTO -> "auto";
            case IO_URING -> "io_uring";
            case EPOLL -> "epoll";
            case NIO -> "nio";
        };
    }
}
