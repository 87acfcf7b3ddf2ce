package dev.botgate.upstream;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/** A stream of which the first bytes have been read already: it gives these once more, then the rest. */
final class ContinuedStream implements ReadStream<Buffer> {
    private final ReadStream<Buffer> rest;
    private final Runnable over;
    private @Nullable Buffer first;
    private @Nullable Handler<Buffer> handler;

    /**
     * @param first may be empty
     * @param rest paused
     * @param over runs when it has ended or failed, as far as somebody listens for that
     */
    ContinuedStream(Buffer first, ReadStream<Buffer> rest, Runnable over) {
        this.over = over;
        this.first = first.length() == 0 ? null : first;
        this.rest = rest;
    }

    @Override
    public ContinuedStream exceptionHandler(@Nullable Handler<Throwable> failed) {
        rest.exceptionHandler(cause -> {
            over.run();
            if (failed != null) {
                failed.handle(cause);
            }
        });
        return this;
    }

    @Override
    public ContinuedStream handler(@Nullable Handler<Buffer> taker) {
        handler = taker;
        rest.handler(taker);
        return this;
    }

    @Override
    public ContinuedStream endHandler(@Nullable Handler<Void> end) {
        rest.endHandler(ended -> {
            over.run();
            if (end != null) {
                end.handle(null);
            }
        });
        return this;
    }

    @Override
    public ContinuedStream pause() {
        rest.pause();
        return this;
    }

    @Override
    public ContinuedStream resume() {
        giveFirst();
        rest.resume();
        return this;
    }

    @Override
    public ContinuedStream fetch(long amount) {
        giveFirst();
        rest.fetch(amount);
        return this;
    }

    /** Whoever takes it may pause meanwhile; what follows then is little. */
    private void giveFirst() {
        Handler<Buffer> taker = handler;
        Buffer bytes = first;
        if (bytes != null && taker != null) {
            first = null;
            taker.handle(bytes);
        }
    }
}
