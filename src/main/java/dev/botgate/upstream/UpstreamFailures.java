package dev.botgate.upstream;

import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The failures of exchanges with connectors, by their causes. */
final class UpstreamFailures {
    private UpstreamFailures() {}

    static GatewayException tooManyWaiting(String connector, @Nullable Throwable cause) {
        return new GatewayException(
                Failure.UPSTREAM_BUSY, "Too many requests wait for a connection to upstream " + connector, cause);
    }

    /** Other requests use all connections, so the connector is not at fault. */
    static GatewayException noConnectionInTime(String connector) {
        return new GatewayException(
                Failure.UPSTREAM_BUSY, "No connection to upstream " + connector + " became free in time");
    }

    /**
     * There was no connection, so nothing was sent.
     *
     * @param atMaximum whether no further connection may be opened
     */
    static GatewayException beforeSending(String connector, Throwable cause, boolean atMaximum) {
        if (cause instanceof GatewayException known) {
            return known;
        }
        if (cause instanceof ConnectionPoolTooBusyException) {
            return tooManyWaiting(connector, cause);
        }
        if (cause instanceof TimeoutException && atMaximum) {
            return noConnectionInTime(connector);
        }
        String inTime = cause instanceof TimeoutException ? " in time" : "";
        return new GatewayException(
                Failure.UPSTREAM_UNREACHABLE, "Could not connect to upstream " + connector + inTime, cause);
    }

    /** At least part of the request was sent, and no complete reply came. */
    static GatewayException afterSending(String connector, Throwable cause) {
        if (cause instanceof GatewayException known) {
            return known;
        }
        return new GatewayException(
                Failure.UPSTREAM_REPLY_BROKEN,
                "Upstream " + connector + " closed the connection before its reply was complete",
                cause);
    }

    /** The status is not final: 101, though no upgrade was requested, or below 100. */
    static GatewayException noFinalStatus(String connector, int status) {
        return new GatewayException(
                Failure.UPSTREAM_REPLY_BROKEN,
                "Upstream " + connector + " answered with status " + status + " (expected: 200 or above)");
    }

    /** Only chunked is allowed, since the gateway never sends {@code TE} (RFC 9112 section 7). */
    static GatewayException transferCoding(String connector) {
        return new GatewayException(
                Failure.UPSTREAM_REPLY_BROKEN,
                "Upstream " + connector + " sent an unsupported Transfer-Encoding (expected: chunked)");
    }

    static GatewayException noReplyInTime(String connector) {
        return new GatewayException(Failure.UPSTREAM_TIMEOUT, "Upstream " + connector + " did not answer in time");
    }
}
