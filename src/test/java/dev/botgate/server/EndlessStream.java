package dev.botgate.server;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;

/** An endless reply of a connector, as fast as it is read. Used on the event loop that reads it. */
final class EndlessStream implements ReadStream<Buffer> {
    private static final Buffer PART = Buffer.buffer(new byte[16_384]);

    private final Vertx vertx;
    private Handler<Buffer> handler = part -> {};
    private boolean flowing;
    private boolean ended;
    private boolean scheduled;

    EndlessStream(Vertx vertx) {
        this.vertx = vertx;
    }

    void end() {
        ended = true;
    }

    @Override
    public EndlessStream exceptionHandler(Handler<Throwable> failed) {
        return this;
    }

    @Override
    public EndlessStream handler(Handler<Buffer> taker) {
        handler = taker == null ? part -> {} : taker;
        return this;
    }

    @Override
    public EndlessStream pause() {
        flowing = false;
        return this;
    }

    @Override
    public EndlessStream resume() {
        flowing = true;
        next();
        return this;
    }

    @Override
    public EndlessStream fetch(long amount) {
        return resume();
    }

    @Override
    public EndlessStream endHandler(Handler<Void> end) {
        return this;
    }

    private void next() {
        if (!scheduled) {
            scheduled = true;
            vertx.runOnContext(turn -> {
                scheduled = false;
                if (flowing && !ended) {
                    handler.handle(PART);
                    next();
                }
            });
        }
    }
}
