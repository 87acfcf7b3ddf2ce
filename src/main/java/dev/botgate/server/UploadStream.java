package dev.botgate.server;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The body of a request as whoever reads it sees it: asked for when reading begins. */
final class UploadStream implements ReadStream<Buffer> {
    private final ReadStream<Buffer> source;
    private final Runnable begin;
    private final Consumer<@Nullable Handler<Throwable>> failures;
    private boolean begun;

    /**
     * @param source paused
     * @param begin runs once, before the first byte is asked for
     * @param failures takes the handler of a failure, past ones too
     */
    UploadStream(ReadStream<Buffer> source, Runnable begin, Consumer<@Nullable Handler<Throwable>> failures) {
        this.source = source;
        this.begin = begin;
        this.failures = failures;
    }

    @Override
    public UploadStream exceptionHandler(@Nullable Handler<Throwable> handler) {
        failures.accept(handler);
        return this;
    }

    @Override
    public UploadStream handler(@Nullable Handler<Buffer> handler) {
        source.handler(handler);
        return this;
    }

    @Override
    public UploadStream endHandler(@Nullable Handler<Void> handler) {
        source.endHandler(handler);
        return this;
    }

    @Override
    public UploadStream pause() {
        source.pause();
        return this;
    }

    @Override
    public UploadStream resume() {
        begin();
        source.resume();
        return this;
    }

    @Override
    public UploadStream fetch(long amount) {
        begin();
        source.fetch(amount);
        return this;
    }

    private void begin() {
        if (!begun) {
            begun = true;
            begin.run();
        }
    }
}
