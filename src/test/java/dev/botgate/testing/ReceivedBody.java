package dev.botgate.testing;

import dev.botgate.exchange.IncomingBody;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;

/** A request's body that has been received whole; it can be read many times, and is no stream. */
public record ReceivedBody(Buffer bytes) implements IncomingBody {
    @Override
    public long length() {
        return bytes.length();
    }

    @Override
    public Future<Buffer> read(long maximumBytes) {
        return Future.succeededFuture(bytes);
    }

    @Override
    public void reserve(long more) {}

    @Override
    public ReadStream<Buffer> stream() {
        throw new AssertionError("The body was read as a stream");
    }
}
