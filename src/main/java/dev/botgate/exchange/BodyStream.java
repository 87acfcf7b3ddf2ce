package dev.botgate.exchange;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/**
 * The stream of a body, with a hook for each of its events. The hooks do nothing by default. A failure that occurs before the reader sets its exception handler is reported when it does. Used on one event loop.
 */
public abstract class BodyStream implements ReadStream<Buffer> {
    private final ReadStream<Buffer> source;
    private @Nullable Handler<Throwable> exceptionHandler;
    private @Nullable Throwable failure;

    /** @param source paused; the subclass handles its exceptions, and calls {@link #fail} */
    protected BodyStream(ReadStream<Buffer> source) {
        this.source = source;
    }

    /** The reader asks for data. */
    protected void onDemand() {}

    /** The reader asks for no more data. */
    protected void onPause() {}

    /** A chunk arrived; called before the reader gets it. */
    protected void onChunk() {}

    /** The body ended; called before the reader is told. */
    protected void onEnd() {}

    /** Reports to the reader, at once or when it sets its exception handler, that the body failed. */
    protected final void fail(Throwable cause) {
        failure = cause;
        exceptionHandler(exceptionHandler);
    }

    @CanIgnoreReturnValue
    @Override
    public BodyStream exceptionHandler(@Nullable Handler<Throwable> handler) {
        exceptionHandler = handler;
        Throwable unreported = failure;
        if (unreported != null && handler != null) {
            failure = null;
            handler.handle(unreported);
        }
        return this;
    }

    @CanIgnoreReturnValue
    @Override
    public BodyStream handler(@Nullable Handler<Buffer> handler) {
        if (handler == null) {
            source.handler(null);
        } else {
            source.handler(chunk -> {
                onChunk();
                handler.handle(chunk);
            });
        }
        return this;
    }

    @CanIgnoreReturnValue
    @Override
    public BodyStream endHandler(@Nullable Handler<Void> handler) {
        source.endHandler(ended -> {
            onEnd();
            if (handler != null) {
                handler.handle(null);
            }
        });
        return this;
    }

    @CanIgnoreReturnValue
    @Override
    public BodyStream pause() {
        onPause();
        source.pause();
        return this;
    }

    @CanIgnoreReturnValue
    @Override
    public BodyStream resume() {
        onDemand();
        source.resume();
        return this;
    }

    @CanIgnoreReturnValue
    @Override
    public BodyStream fetch(long amount) {
        onDemand();
        source.fetch(amount);
        return this;
    }
}
