package dev.botgate.exchange;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;

/**
 * The body of a request whose reply others wait for too: its own client's leaving means nothing.
 *
 * @param once whether nobody would wait for a second attempt
 */
record SharedBody(IncomingBody body, boolean once) implements IncomingBody {
    @Override
    public long length() {
        return body.length();
    }

    @Override
    public Future<Buffer> read(long maximumBytes) {
        return body.read(maximumBytes);
    }

    @Override
    public void hold(long bytes) {
        body.hold(bytes);
    }

    @Override
    public ReadStream<Buffer> stream() {
        return body.stream();
    }

    @Override
    public boolean clientGone() {
        return once;
    }
}
