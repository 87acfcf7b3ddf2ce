package dev.botgate.cache;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/** A stream that is passed on and never read. */
final class Chunks implements ReadStream<Buffer> {
    @Override
    public ReadStream<Buffer> exceptionHandler(@Nullable Handler<Throwable> handler) {
        throw new AssertionError("The cache read a stream");
    }

    @Override
    public ReadStream<Buffer> handler(@Nullable Handler<Buffer> handler) {
        throw new AssertionError("The cache read a stream");
    }

    @Override
    public ReadStream<Buffer> pause() {
        return this;
    }

    @Override
    public ReadStream<Buffer> resume() {
        throw new AssertionError("The cache read a stream");
    }

    @Override
    public ReadStream<Buffer> fetch(long amount) {
        throw new AssertionError("The cache read a stream");
    }

    @Override
    public ReadStream<Buffer> endHandler(@Nullable Handler<Void> handler) {
        throw new AssertionError("The cache read a stream");
    }
}
