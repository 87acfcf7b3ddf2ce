package dev.botgate.exchange;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import org.jspecify.annotations.Nullable;

/**
 * The stream of a body, with a hook for each of its events. By itself it passes everything on, and tells a failure that comes
 * before the reader listens as soon as the reader does. Used on one event loop.
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

    /** A chunk arrived, and goes to the reader next. */
    protected void onChunk() {}

    /** The body has ended, which the reader is told next. */
    protected void onEnd() {}

    /** Tells the reader, at once or as soon as it listens, that the body failed. */
    protected final void fail(Throwable cause) {
        failure = cause;
        exceptionHandler(exceptionHandler);
    }

    @CanIgnoreReturnValue
    @Override
    public BodyStream exceptionHandler(@Nullable Handler<Throwable> handler) {
        exceptionHandler = handler;
        Throwable untold = failure;
        if (untold != null && handler != null) {
            failure = null;
            handler.handle(untold);
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
