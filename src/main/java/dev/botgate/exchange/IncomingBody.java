package dev.botgate.exchange;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.function.Consumer;

/**
 * A request body that still waits, unread, in the paused connection. It is read once, by one of the two ways, on the
 * request's event loop; {@code 100 Continue} goes out when reading starts.
 */
public interface IncomingBody {
    /** The declared length in bytes; -1 where it is not known ahead, 0 where there is no body. */
    long length();

    /**
     * Reads the whole body.
     *
     * @return the bytes; fails with BODY_TOO_LARGE beyond {@code maximumBytes}, BODY_TIMEOUT when the client stalls,
     *     CLIENT_GONE when it left, GATEWAY_BUSY when all requests together would hold too much
     */
    Future<Buffer> read(long maximumBytes);

    /**
     * Reads the whole body, and lets {@code glance} look at what has come of a large one while the rest comes.
     *
     * @param glance throws a GatewayException where no rest can make the body right; then this fails with it, and the rest
     *     is not waited for. It neither keeps nor changes what it is shown
     * @return as {@link #read(long)}
     */
    default Future<Buffer> read(long maximumBytes, Consumer<Buffer> glance) {
        return read(maximumBytes);
    }

    /**
     * Says that what was made of the body takes {@code bytes} in memory until the request was answered.
     *
     * @throws dev.botgate.failure.GatewayException GATEWAY_BUSY where all requests together would hold too much
     */
    void hold(long bytes);

    /** The body as a paused stream, for what is passed through; ends or fails with the connection. */
    ReadStream<Buffer> stream();

    /**
     * Calls {@code action} on the request's event loop if the client leaves before it was answered; a later call takes
     * the place of an earlier one, and a body without a connection never calls.
     */
    default void whenGone(Runnable action) {}

    /** Whether the client has left before it was answered; a body without a connection never tells so. */
    default boolean clientGone() {
        return false;
    }
}
