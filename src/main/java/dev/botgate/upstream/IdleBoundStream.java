package dev.botgate.upstream;

import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The body of an upstream's reply, which fails when the upstream is silent for too long while somebody wants to read.
 *
 * <p>Time in which the reader has paused it does not count: a slow client is not the upstream's fault.
 */
final class IdleBoundStream implements ReadStream<Buffer> {
    private static final long NO_TIMER = -1;

    private final Vertx vertx;
    private final ReadStream<Buffer> body;
    private final Duration idleTimeout;
    private final Runnable abandon;
    private @Nullable Handler<Throwable> exceptionHandler;
    private long timer = NO_TIMER;
    private boolean moved;
    private boolean over;

    /**
     * @param body paused
     * @param abandon closes the connection that the body comes from
     */
    IdleBoundStream(Vertx vertx, ReadStream<Buffer> body, Duration idleTimeout, Runnable abandon) {
        this.vertx = vertx;
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
        return this;
    }

    @Override
    public IdleBoundStream fetch(long amount) {
        watch();
        body.fetch(amount);
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
        if (timer == NO_TIMER && !over) {
            moved = false;
            timer = vertx.setTimer(idleTimeout.toMillis(), id -> idle());
        }
    }

    private void idle() {
        timer = NO_TIMER;
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
        if (exceptionHandler != null) {
            exceptionHandler.handle(failure);
        }
    }

    private void stopWatching() {
        if (timer != NO_TIMER) {
            vertx.cancelTimer(timer);
            timer = NO_TIMER;
        }
    }
}
