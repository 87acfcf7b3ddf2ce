package dev.botgate.upstream;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/** A body that nobody may touch. */
final class NeverRead implements ReadStream<Buffer> {
    @Override
    public NeverRead exceptionHandler(@Nullable Handler<Throwable> handler) {
        throw touched();
    }

    @Override
    public NeverRead handler(@Nullable Handler<Buffer> handler) {
        throw touched();
    }

    @Override
    public NeverRead pause() {
        throw touched();
    }

    @Override
    public NeverRead resume() {
        throw touched();
    }

    @Override
    public NeverRead fetch(long amount) {
        throw touched();
    }

    @Override
    public NeverRead endHandler(@Nullable Handler<Void> handler) {
        throw touched();
    }

    private static AssertionError touched() {
        return new AssertionError("The body was touched");
    }
}
