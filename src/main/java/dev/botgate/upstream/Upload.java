package dev.botgate.upstream;

import dev.botgate.exchange.Deadlines;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/**
 * A body on its way to an upstream, with a clock that runs while it is the upstream's turn: to take more of it, or to
 * answer once it has all. A slow client is not the upstream's fault.
 */
final class Upload implements ReadStream<Buffer> {
    private final ReadStream<Buffer> body;
    private final Deadlines patience;
    private final Runnable late;
    private Deadlines.@Nullable Deadline deadline;
    private boolean begun;
    private boolean ended;
    private boolean broken;
    private boolean givenUp;
    private boolean over;

    /**
     * @param late runs once when the upstream has taken longer than {@code patience}
     */
    Upload(ReadStream<Buffer> body, Deadlines patience, Runnable late) {
        this.body = body;
        this.patience = patience;
        this.late = late;
    }

    /** Whether the first part has been sent, and the head with it; or the end of a body without any. */
    boolean begun() {
        return begun;
    }

    /** Whether the end has been sent. */
    boolean ended() {
        return ended;
    }

    /** Whether the body itself failed, rather than the upstream. */
    boolean bodyBroke() {
        return broken;
    }

    /** Stops the clock for good: the upstream has answered, or will not. */
    void answered() {
        over = true;
        stop();
    }

    @Override
    public Upload exceptionHandler(@Nullable Handler<Throwable> handler) {
        body.exceptionHandler(
                handler == null
                        ? null
                        : cause -> {
                            broken = true;
                            handler.handle(cause);
                        });
        return this;
    }

    /** @param handler null when nobody takes any more of the body: what is left is dropped, and it is the upstream's turn */
    @Override
    public Upload handler(@Nullable Handler<Buffer> handler) {
        if (handler == null) {
            if (!ended) {
                givenUp = true;
                start();
            }
            body.handler(null);
        } else {
            body.handler(part -> {
                begun = true;
                handler.handle(part);
            });
        }
        return this;
    }

    @Override
    public Upload endHandler(@Nullable Handler<Void> handler) {
        body.endHandler(end -> {
            ended = !givenUp;
            begun = true;
            start();
            if (handler != null) {
                handler.handle(null);
            }
        });
        return this;
    }

    @Override
    public Upload pause() {
        start();
        body.pause();
        return this;
    }

    @Override
    public Upload resume() {
        stop();
        body.resume();
        return this;
    }

    @Override
    public Upload fetch(long amount) {
        stop();
        body.fetch(amount);
        return this;
    }

    private void start() {
        if (deadline == null && !over) {
            deadline = patience.set(late);
        }
    }

    private void stop() {
        if (deadline != null && (over || !(ended || givenUp))) {
            deadline.cancel();
            deadline = null;
        }
    }
}
