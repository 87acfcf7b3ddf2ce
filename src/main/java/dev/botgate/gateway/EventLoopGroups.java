package dev.botgate.gateway;

import dev.botgate.failure.SettingCheck;
import dev.botgate.server.ServerSettings.TransportKind;
import io.netty.util.Version;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.transport.Transport;
import java.util.List;
import java.util.Locale;
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
    static Vertx startOne(TransportKind configured) {
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
                    .filter(kind -> problem(kind) == null)
                    .findFirst()
                    .orElse(TransportKind.NIO);
        }
        String problem = problem(configured);
        if (problem != null) {
            throw SettingCheck.refused(
                    "server.transport",
                    name(configured),
                    "auto, or a transport that this kernel and this jar have; " + problem);
        }
        return configured;
    }

    private static @Nullable String problem(TransportKind kind) {
        @Nullable Transport transport = transport(kind);
        if (transport == null) {
            return "the jar was built without -Pnative-transport";
        }
        if (!transport.available()) {
            Throwable cause = transport.unavailabilityCause();
            return cause == null ? "it is not available" : "it is not available: " + cause;
        }
        return kind == TransportKind.NIO ? null : versionMismatch("netty-transport-native-" + name(kind));
    }

    /** Why native code of another version than Netty must not be used: it loads, but connections hang. */
    private static @Nullable String versionMismatch(String artifact) {
        Map<String, Version> versions = Version.identify();
        Version code = versions.get(artifact);
        Version netty = versions.get("netty-transport-native-unix-common");
        if (code == null || netty == null) {
            return "unknown version of " + artifact;
        }
        return code.artifactVersion().equals(netty.artifactVersion())
                ? null
                : "its native code is of version " + code.artifactVersion() + ", and Netty of "
                        + netty.artifactVersion();
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
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
