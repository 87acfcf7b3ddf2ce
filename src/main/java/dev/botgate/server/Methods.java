package dev.botgate.server;

import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.exchange.RequestHead;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.operation.RouteTable;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which methods are forwarded, and what the others are answered. */
final class Methods {
    private static final String CONNECT = "CONNECT";
    private static final List<String> NAMES = List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
    private static final Set<String> UNWANTED = Set.of("TRACE", CONNECT);

    /** The value of {@code Allow} where every path is meant. */
    static final String FORWARDED = String.join(", ", NAMES);

    private Methods() {}

    /** What the gateway itself answers because of the method; null for what is forwarded. */
    static @Nullable Reply answer(RequestHead head) {
        if (!NAMES.contains(head.method())) {
            return FailureReplies.of(refused(head.method()), head.requestId());
        }
        if (head.method().equals("OPTIONS")) {
            List<String> allowed = RouteTable.methodsOn(head.rawPath());
            return allowed.isEmpty() ? null : options(allowed);
        }
        return null;
    }

    /**
     * Refuses CONNECT, whose target is no path, and after which what follows is no HTTP.
     *
     * @throws GatewayException METHOD_NOT_ALLOWED
     */
    static void noTunnel(String method) {
        if (method.equals(CONNECT)) {
            throw refused(method);
        }
    }

    /** RFC 9110 section 15.5.6: such a refusal names what is allowed. */
    private static GatewayException refused(String method) {
        Failure failure = UNWANTED.contains(method) ? Failure.METHOD_NOT_ALLOWED : Failure.METHOD_NOT_IMPLEMENTED;
        return new GatewayException(failure, "This method is not forwarded (expected: one of " + FORWARDED + ")")
                .with(Map.of("Allow", FORWARDED));
    }

    private static Reply options(List<String> allowed) {
        String head = allowed.contains("GET") ? "HEAD, " : "";
        MultiMap headers =
                MultiMap.caseInsensitiveMultiMap().add("Allow", "OPTIONS, " + head + String.join(", ", allowed));
        return new Reply(204, "No Content", headers, new ReplyBody.Absent(-1));
    }
}
