package dev.botgate.upstream;

import dev.botgate.exchange.Deadlines;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/**
 * The body of an upstream's reply, which fails when the upstream is silent for too long while somebody wants to read.
 *
 * <p>Time in which the reader has paused it does not count: a slow client is not the upstream's fault. A reader that comes
 * after the failure hears of it when it begins to read.
 */
final class IdleBoundStream implements ReadStream<Buffer> {
    private final ReadStream<Buffer> body;
    private final Deadlines idleTimeout;
    private final Runnable abandon;
    private @Nullable Handler<Throwable> exceptionHandler;
    private Deadlines.@Nullable Deadline deadline;
    private boolean moved;
    private boolean over;
    private @Nullable GatewayException untold;

    /**
     * @param body paused
     * @param abandon closes the connection that the body comes from
     */
    IdleBoundStream(ReadStream<Buffer> body, Deadlines idleTimeout, Runnable abandon) {
        this.body = body;
        this.idleTimeout = idleTimeout;
        this.abandon = abandon;
        body.exceptionHandler(this::broken);
    }

    @Override
    public IdleBoundStream exceptionHandler(@Nullable Handler<Throwable> handler) {
        exceptionHandler = handler;
        return this;
    }

    @Override
    public IdleBoundStream handler(@Nullable Handler<Buffer> handler) {
        if (handler == null) {
            body.handler(null);
        } else {
            body.handler(chunk -> {
                moved = true;
                handler.handle(chunk);
            });
        }
        return this;
    }

    @Override
    public IdleBoundStream pause() {
        stopWatching();
        body.pause();
        return this;
    }

    @Override
    public IdleBoundStream resume() {
        watch();
        body.resume();
        tell();
        return this;
    }

    @Override
    public IdleBoundStream fetch(long amount) {
        watch();
        body.fetch(amount);
        tell();
        return this;
    }

    @Override
    public IdleBoundStream endHandler(@Nullable Handler<Void> handler) {
        body.endHandler(ended -> {
            over = true;
            stopWatching();
            if (handler != null) {
                handler.handle(null);
            }
        });
        return this;
    }

    private void watch() {
        if (deadline == null && !over) {
            moved = false;
            deadline = idleTimeout.set(this::idle);
        }
    }

    private void idle() {
        deadline = null;
        if (moved) {
            watch();
            return;
        }
        fail(new GatewayException(Failure.UPSTREAM_TIMEOUT, "The upstream went silent in the middle of its reply"));
        abandon.run();
    }

    private void broken(Throwable cause) {
        fail(new GatewayException(
                Failure.UPSTREAM_REPLY_BROKEN, "The upstream closed the connection in the middle of its reply", cause));
    }

    private void fail(GatewayException failure) {
        if (over) {
            return;
        }
        over = true;
        stopWatching();
        untold = failure;
        tell();
    }

    private void tell() {
        GatewayException failure = untold;
        if (failure != null && exceptionHandler != null) {
            untold = null;
            exceptionHandler.handle(failure);
        }
    }

    private void stopWatching() {
        if (deadline != null) {
            deadline.cancel();
            deadline = null;
        }
    }
}
