package dev.botgate.server;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.util.HashSet;
import java.util.Set;

/**
 * The connections that have been given their last reply: whatever else arrives there is not believed, and the connection
 * is closed (RFC 9112 section 9.6).
 *
 * <p>Decoded requests may stand in a connection's queue already, so closing it is not enough.
 */
final class ClosingConnections {
    /** How long a client may still send what nobody wants before it is cut off, in milliseconds. */
    private static final long LINGER_MILLIS = 2_000;

    private final Vertx vertx;
    private final Set<HttpConnection> connections = new HashSet<>();

    ClosingConnections(Vertx vertx) {
        this.vertx = vertx;
    }

    /** Whether {@code request} came on a connection that is over. */
    boolean precede(HttpServerRequest request) {
        return !connections.isEmpty() && connections.contains(request.connection());
    }

    /** Says that the reply to {@code request}, which is not written yet, is the last one. */
    void announce(HttpServerRequest request) {
        HttpConnection connection = request.connection();
        if (connections.add(connection)) {
            connection.closeHandler(closed -> connections.remove(connection));
        }
        request.response().putHeader("Connection", "close");
    }

    /** Reads on for a while, so that the client gets to see the reply, and then closes the connection. */
    void closeAfter(HttpServerRequest request) {
        HttpConnection connection = request.connection();
        BodyIntake.of(request).ifPresent(BodyIntake::letGo);
        request.handler(null);
        request.exceptionHandler(cause -> {});
        if (request.isEnded()) {
            close(connection);
            return;
        }
        long timer = vertx.setTimer(LINGER_MILLIS, id -> close(connection));
        request.endHandler(ended -> {
            vertx.cancelTimer(timer);
            close(connection);
        });
        request.resume();
    }

    private static void close(HttpConnection connection) {
        connection.close().onComplete(closed -> {});
    }
}
