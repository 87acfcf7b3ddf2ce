package dev.botgate.upstream;

import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What went wrong with an upstream, by the exception that told of it and how far the request had come. */
final class UpstreamFailures {
    private UpstreamFailures() {}

    static GatewayException tooManyWait(String connector, @Nullable Throwable cause) {
        return new GatewayException(
                Failure.UPSTREAM_BUSY, "Too many requests wait for a connection to upstream " + connector, cause);
    }

    /** Other requests have all connections, or all that such a one may have: that is not the connector's fault. */
    static GatewayException noneBecameFree(String connector) {
        return new GatewayException(
                Failure.UPSTREAM_BUSY, "No connection to upstream " + connector + " became free in time");
    }

    /**
     * No connection could be had: nothing was sent.
     *
     * @param allConnectionsOpen whether there are as many connections as there may be
     */
    static GatewayException beforeSending(String connector, Throwable cause, boolean allConnectionsOpen) {
        if (cause instanceof GatewayException known) {
            return known;
        }
        if (cause instanceof ConnectionPoolTooBusyException) {
            return tooManyWait(connector, cause);
        }
        if (cause instanceof TimeoutException && allConnectionsOpen) {
            return noneBecameFree(connector);
        }
        String reason = cause instanceof TimeoutException ? "in time" : "";
        return new GatewayException(
                Failure.UPSTREAM_UNREACHABLE,
                ("Upstream " + connector + " could not be connected to " + reason).strip(),
                cause);
    }

    /** The request, or part of it, was sent, and no whole reply came. */
    static GatewayException afterSending(String connector, Throwable cause) {
        if (cause instanceof GatewayException known) {
            return known;
        }
        return new GatewayException(
                Failure.UPSTREAM_REPLY_BROKEN,
                "Upstream " + connector + " closed the connection before its reply was complete",
                cause);
    }

    /** The reply's status is no final one: 101, though no upgrade was asked for, or less than 100. */
    static GatewayException noFinalStatus(String connector, int status) {
        return new GatewayException(
                Failure.UPSTREAM_REPLY_BROKEN,
                "Upstream " + connector + " answered with status " + status + " (expected: 200 or above)");
    }

    /** RFC 9112 section 7: without {@code TE} in the request, which the gateway never sends, nothing but chunked is allowed. */
    static GatewayException transferCoding(String connector) {
        return new GatewayException(
                Failure.UPSTREAM_REPLY_BROKEN,
                "Upstream " + connector + " sent a Transfer-Encoding that is not understood (expected: chunked)");
    }

    static GatewayException noReplyInTime(String connector) {
        return new GatewayException(Failure.UPSTREAM_TIMEOUT, "Upstream " + connector + " did not answer in time");
    }
}
