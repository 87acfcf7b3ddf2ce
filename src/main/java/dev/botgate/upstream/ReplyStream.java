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
 * The body of an upstream's reply. Fails when the upstream sends nothing for the idle timeout while the reader asks for
 * data.
 */
final class ReplyStream extends BodyStream {
    private final Deadlines idleTimeout;
    private final Runnable abandon;
    private Runnable onFinish = () -> {};
    private @Nullable Handler<Buffer> handler;
    private @Nullable Buffer unread;
    private Deadlines.@Nullable Deadline deadline;
    private boolean received;
    private boolean ended;

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

    /** Pauses the stream. The next reader gets {@code bytes} first; {@code onFinish} runs when the stream ends. */
    void pushBack(Buffer bytes, Runnable onFinish) {
        pause();
        exceptionHandler(null);
        this.unread = bytes;
        this.onFinish = onFinish;
    }

    /** Abandons the rest of the body. */
    void abandon() {
        onFinish.run();
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
        ended = true;
        stopTimeout();
        onFinish.run();
    }

    private void startTimeout() {
        if (deadline == null && !ended) {
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
        if (!ended) {
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
