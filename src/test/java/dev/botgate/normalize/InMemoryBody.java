package dev.botgate.normalize;

import dev.botgate.exchange.IncomingBody;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;

/** A body in memory that records whether it was read. */
final class InMemoryBody implements IncomingBody {
    private final Buffer bytes;
    private final long length;
    private final ReadStream<Buffer> stream = new Unread();
    private boolean read;

    private InMemoryBody(Buffer bytes, long length) {
        this.bytes = bytes;
        this.length = length;
    }

    static InMemoryBody of(Buffer bytes) {
        return new InMemoryBody(bytes, bytes.length());
    }

    /** A body of undeclared length. */
    static InMemoryBody chunked(Buffer bytes) {
        return new InMemoryBody(bytes, -1);
    }

    boolean wasRead() {
        return read;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public Future<Buffer> read(long maximumBytes) {
        read = true;
        return bytes.length() > maximumBytes
                ? Future.failedFuture(new GatewayException(Failure.BODY_TOO_LARGE, "too large"))
                : Future.succeededFuture(bytes);
    }

    @Override
    public void reserve(long bytes) {}

    @Override
    public ReadStream<Buffer> stream() {
        return stream;
    }

    /** A stream that is never read. */
    private static final class Unread implements ReadStream<Buffer> {
        @Override
        public ReadStream<Buffer> exceptionHandler(Handler<Throwable> handler) {
            return this;
        }

        @Override
        public ReadStream<Buffer> handler(Handler<Buffer> handler) {
            return this;
        }

        @Override
        public ReadStream<Buffer> pause() {
            return this;
        }

        @Override
        public ReadStream<Buffer> resume() {
            return this;
        }

        @Override
        public ReadStream<Buffer> fetch(long amount) {
            return this;
        }

        @Override
        public ReadStream<Buffer> endHandler(Handler<Void> handler) {
            return this;
        }
    }
}
