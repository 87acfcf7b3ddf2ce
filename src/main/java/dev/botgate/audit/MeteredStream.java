package dev.botgate.audit;

import dev.botgate.exchange.Payload;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/** A body on its way through, of which length and digest are taken as it passes. Used on the request's event loop. */
final class MeteredStream implements ReadStream<Buffer> {
    private final ReadStream<Buffer> source;
    private final long declared;
    private final Digest.InProgress digest;
    private boolean ended;
    private boolean givenUp;

    MeteredStream(Payload.Streamed payload, Digest.InProgress digest) {
        this.digest = digest;
        this.source = payload.stream();
        this.declared = payload.length();
    }

    /** The same body, measured as it passes. */
    Payload.Streamed payload() {
        return new Payload.Streamed(this, declared);
    }

    /** What has passed until now. Ends the measuring: to be asked once. */
    Digest passed() {
        return digest.end();
    }

    boolean begun() {
        return digest.length() > 0;
    }

    /** Whether the source's end has passed to somebody who took all of it. */
    boolean ended() {
        return ended;
    }

    @Override
    public ReadStream<Buffer> handler(@Nullable Handler<Buffer> handler) {
        givenUp = handler == null && !ended;
        source.handler(handler == null ? null : chunk -> pass(chunk, handler));
        return this;
    }

    @Override
    public ReadStream<Buffer> endHandler(@Nullable Handler<Void> handler) {
        source.endHandler(ignored -> {
            ended = !givenUp;
            if (handler != null) {
                handler.handle(null);
            }
        });
        return this;
    }

    @Override
    public ReadStream<Buffer> exceptionHandler(@Nullable Handler<Throwable> handler) {
        source.exceptionHandler(handler);
        return this;
    }

    @Override
    public ReadStream<Buffer> pause() {
        source.pause();
        return this;
    }

    @Override
    public ReadStream<Buffer> resume() {
        source.resume();
        return this;
    }

    @Override
    public ReadStream<Buffer> fetch(long amount) {
        source.fetch(amount);
        return this;
    }

    private void pass(Buffer chunk, Handler<Buffer> handler) {
        digest.add(chunk.getBytes());
        handler.handle(chunk);
    }
}
