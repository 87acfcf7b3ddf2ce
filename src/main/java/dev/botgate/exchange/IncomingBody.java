package dev.botgate.exchange;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;

/**
 * The unread body of a request, whose connection is paused. It is read once, whole or as a stream, on the request's event loop;
 * {@code 100 Continue} is sent when reading starts.
 */
public interface IncomingBody {
    /** The declared length in bytes; -1 where it is unknown, 0 without a body. */
    long length();

    /**
     * Reads the whole body.
     *
     * @return the bytes. Fails with BODY_TOO_LARGE beyond {@code maximumBytes}, with BODY_TIMEOUT when the body takes too
     *     long, and with CLIENT_GONE when the client disconnects. Malformed chunks fail with MALFORMED_REQUEST, an exhausted
     *     memory budget with GATEWAY_BUSY.
     */
    Future<Buffer> read(long maximumBytes);

    /**
     * Counts the converted body of this length against the memory budget until the request is over.
     *
     * @throws dev.botgate.failure.GatewayException GATEWAY_BUSY when the budget is exhausted
     */
    void reserve(long bytes);

    /** The body as a paused stream; it fails as {@link #read} does when the connection does. */
    ReadStream<Buffer> stream();

    /**
     * Runs {@code action} on the request's event loop if the client disconnects before its reply; replaces the action of an
     * earlier call. A body without a connection never runs it.
     */
    default void whenGone(Runnable action) {}

    /** Whether the client has disconnected before its reply; false for a body without a connection. */
    default boolean clientGone() {
        return false;
    }
}
