package dev.botgate.server;

import dev.botgate.exchange.Arrival;
import dev.botgate.exchange.Filter;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.exchange.Service;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.operation.RouteTable;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Answers OPTIONS on the paths of operations, and refuses methods that are not forwarded. */
public final class MethodFilter implements Filter<Arrival, Arrival> {
    private static final String CONNECT = "CONNECT";
    private static final List<String> NAMES = List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
    private static final Set<String> REFUSED = Set.of("TRACE", CONNECT);

    /** The value of {@code Allow} for the whole server. */
    static final String ALLOWED = String.join(", ", NAMES);

    @Override
    public Future<Reply> apply(Arrival arrival, Service<Arrival> next) {
        String method = arrival.head().method();
        if (!NAMES.contains(method)) {
            return Future.failedFuture(refused(method));
        }
        List<String> allowed =
                method.equals("OPTIONS") ? RouteTable.methodsOn(arrival.head().rawPath()) : List.of();
        return allowed.isEmpty() ? next.serve(arrival) : Future.succeededFuture(options(allowed));
    }

    /**
     * Refuses CONNECT: its target is not a path, and what follows is not HTTP.
     *
     * @throws GatewayException METHOD_NOT_ALLOWED
     */
    static void refuseConnect(String method) {
        if (method.equals(CONNECT)) {
            throw refused(method);
        }
    }

    /** RFC 9110 section 15.5.6: the reply names the allowed methods. */
    private static GatewayException refused(String method) {
        Failure failure = REFUSED.contains(method) ? Failure.METHOD_NOT_ALLOWED : Failure.METHOD_NOT_IMPLEMENTED;
        return new GatewayException(failure, "This method is not forwarded (expected: one of " + ALLOWED + ")")
                .with(Map.of("Allow", ALLOWED));
    }

    private static Reply options(List<String> allowed) {
        String head = allowed.contains("GET") ? "HEAD, " : "";
        MultiMap headers =
                MultiMap.caseInsensitiveMultiMap().add("Allow", "OPTIONS, " + head + String.join(", ", allowed));
        return new Reply(204, "No Content", headers, new ReplyBody.Absent(-1));
    }
}
