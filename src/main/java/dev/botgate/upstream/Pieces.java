package dev.botgate.upstream;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/**
 * A large body that is held whole, as a stream: so it is seen whether the upstream takes it slowly or not at all, and no
 * more of it than a piece is copied for the socket at once. Paused at first; nothing is copied here.
 */
final class Pieces implements ReadStream<Buffer> {
    /** Shorter bodies go in one write. */
    static final int WORTH_IT = 262_144;

    private static final int SIZE = 65_536;

    private final Buffer whole;
    private @Nullable Handler<Buffer> handler;
    private @Nullable Handler<Void> endHandler;
    private long demand;
    private int at;
    private boolean giving;
    private boolean ended;

    Pieces(Buffer whole) {
        this.whole = whole;
    }

    @Override
    public Pieces exceptionHandler(@Nullable Handler<Throwable> failed) {
        return this;
    }

    @Override
    public Pieces handler(@Nullable Handler<Buffer> taker) {
        handler = taker;
        return this;
    }

    @Override
    public Pieces endHandler(@Nullable Handler<Void> end) {
        endHandler = end;
        return this;
    }

    @Override
    public Pieces pause() {
        demand = 0;
        return this;
    }

    @Override
    public Pieces resume() {
        return fetch(Long.MAX_VALUE);
    }

    @Override
    public Pieces fetch(long amount) {
        demand = amount > Long.MAX_VALUE - demand ? Long.MAX_VALUE : demand + amount;
        if (!giving) {
            giving = true;
            give();
            giving = false;
        }
        return this;
    }

    private void give() {
        while (demand > 0 && at < whole.length()) {
            Handler<Buffer> taker = handler;
            if (taker == null) {
                return;
            }
            int end = Math.min(at + SIZE, whole.length());
            Buffer piece = whole.slice(at, end);
            at = end;
            demand--;
            taker.handle(piece);
        }
        if (demand > 0 && !ended && endHandler != null) {
            ended = true;
            endHandler.handle(null);
        }
    }
}
