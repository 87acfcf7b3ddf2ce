package dev.botgate.testing;

import dev.botgate.exchange.IncomingBody;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;

/** A request's body that must not be read, on a connection that the test may end. */
public final class UnreadBody implements IncomingBody {
    private final long length;
    private boolean clientGone;
    private Runnable whenGone = () -> {};

    /** @param length the declared length in bytes; -1 where it is unknown */
    public UnreadBody(long length) {
        this.length = length;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public Future<Buffer> read(long maximumBytes) {
        throw new AssertionError("The body was read");
    }

    @Override
    public void reserve(long bytes) {}

    @Override
    public ReadStream<Buffer> stream() {
        throw new AssertionError("The body was read");
    }

    @Override
    public void whenGone(Runnable action) {
        whenGone = action;
    }

    @Override
    public boolean clientGone() {
        return clientGone;
    }

    /** Ends the connection. */
    public void disconnect() {
        clientGone = true;
        whenGone.run();
    }
}
