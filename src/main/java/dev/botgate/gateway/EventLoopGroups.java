package dev.botgate.gateway;

import dev.botgate.failure.SettingCheck;
import dev.botgate.server.TransportKind;
import io.netty.util.Version;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.transport.Transport;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes event loops on the transport that {@code server.transport} asks for. */
final class EventLoopGroups {
    private static final Logger LOG = LoggerFactory.getLogger(EventLoopGroups.class);
    private static final List<TransportKind> FASTEST_FIRST =
            List.of(TransportKind.IO_URING, TransportKind.EPOLL, TransportKind.NIO);

    private EventLoopGroups() {}

    /** So many loops, and a line in the log that says on what. */
    static Vertx start(int count, TransportKind asked) {
        TransportKind found = choose(asked);
        LOG.atInfo()
                .addKeyValue("transport", name(found))
                .addKeyValue("eventLoops", count)
                .log("Event loops run");
        return loops(count, found);
    }

    /** One loop more, for work that must not wait for that of the others, on the same transport. */
    static Vertx another(TransportKind asked) {
        return loops(1, choose(asked));
    }

    private static Vertx loops(int count, TransportKind kind) {
        return Vertx.builder()
                .with(new VertxOptions().setEventLoopPoolSize(count))
                .withTransport(transport(kind))
                .build();
    }

    /**
     * The transport to use: what was asked for, or the first that there is.
     *
     * @throws IllegalArgumentException when what was asked for is not there
     */
    static TransportKind choose(TransportKind asked) {
        if (asked == TransportKind.AUTO) {
            return FASTEST_FIRST.stream()
                    .filter(kind -> whyNot(kind) == null)
                    .findFirst()
                    .orElse(TransportKind.NIO);
        }
        String whyNot = whyNot(asked);
        if (whyNot != null) {
            throw SettingCheck.refused(
                    "server.transport", name(asked), "auto, or what this kernel and this jar offer; " + whyNot);
        }
        return asked;
    }

    private static @Nullable String whyNot(TransportKind kind) {
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

    /** Native code of another version than Netty's loads, and then loses what connections say: they hang. */
    private static @Nullable String otherVersion(String artifact) {
        Map<String, Version> versions = Version.identify();
        Version loaded = versions.get(artifact);
        Version fitting = versions.get("netty-transport-native-unix-common");
        if (loaded == null || fitting == null) {
            return "nothing tells the version of " + artifact;
        }
        return loaded.artifactVersion().equals(fitting.artifactVersion())
                ? null
                : "its native code is of version " + loaded.artifactVersion() + ", and Netty of "
                        + fitting.artifactVersion();
    }

    /** Null where its classes are not there. */
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
