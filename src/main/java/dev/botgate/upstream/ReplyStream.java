package dev.botgate.upstream;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.botgate.exchange.BodyStream;
import dev.botgate.exchange.Deadlines;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/**
 * The body of an upstream's reply. It fails when the upstream sends nothing for the idle timeout while the reader asks for
 * data: a slow client is not the upstream's fault.
 */
final class ReplyStream extends BodyStream {
    private final Deadlines idleTimeout;
    private final Runnable abandon;
    private Runnable whenOver = () -> {};
    private @Nullable Handler<Buffer> handler;
    private @Nullable Buffer unread;
    private Deadlines.@Nullable Deadline deadline;
    private boolean received;
    private boolean over;

    /**
     * @param body paused
     * @param abandon closes the connection that the body comes from
     */
    ReplyStream(ReadStream<Buffer> body, Deadlines idleTimeout, Runnable abandon) {
        super(body);
        this.idleTimeout = idleTimeout;
        this.abandon = abandon;
        body.exceptionHandler(cause -> end(new GatewayException(
                Failure.UPSTREAM_REPLY_BROKEN,
                "The upstream closed the connection in the middle of its reply",
                cause)));
    }

    /** Pauses, and gives {@code bytes} to the next reader first. */
    void pushBack(Buffer bytes, Runnable whenOver) {
        pause();
        exceptionHandler(null);
        this.unread = bytes;
        this.whenOver = whenOver;
    }

    /** Gives up the rest. */
    void abandon() {
        whenOver.run();
        abandon.run();
    }

    @CanIgnoreReturnValue
    @Override
    public BodyStream handler(@Nullable Handler<Buffer> reader) {
        handler = reader;
        return super.handler(reader);
    }

    @Override
    protected void onDemand() {
        Buffer bytes = unread;
        if (bytes != null && handler != null) {
            unread = null;
            handler.handle(bytes);
        }
        startTimeout();
    }

    @Override
    protected void onPause() {
        stopTimeout();
    }

    @Override
    protected void onChunk() {
        received = true;
    }

    @Override
    protected void onEnd() {
        over = true;
        stopTimeout();
        whenOver.run();
    }

    private void startTimeout() {
        if (deadline == null && !over) {
            received = false;
            deadline = idleTimeout.set(this::timedOut);
        }
    }

    private void timedOut() {
        deadline = null;
        if (received) {
            startTimeout();
        } else {
            end(new GatewayException(Failure.UPSTREAM_TIMEOUT, "The upstream went silent in the middle of its reply"));
            abandon.run();
        }
    }

    private void end(GatewayException failure) {
        if (!over) {
            onEnd();
            fail(failure);
        }
    }

    private void stopTimeout() {
        if (deadline != null) {
            deadline.cancel();
            deadline = null;
        }
    }
}
