package dev.botgate.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.exchange.Deadlines;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A streamed body on its way to an upstream that reads it piece by piece, by a clock of the test. */
class UploadTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Buffer body = random(1_000_001);
    private final Socket socket = new Socket();
    private final AtomicBoolean late = new AtomicBoolean();
    private long nanos;
    private @Nullable Runnable timer;

    @Test
    void anUpstreamThatReadsSlowly_doesNotTimeOut() {
        UpstreamAttempt.Upload upload = begin();

        while (!upload.ended()) {
            pass(Duration.ofSeconds(29));
            socket.drain();
        }

        assertThat(nanos).isGreaterThan(PATIENCE.multipliedBy(10).toNanos());
        assertThat(late).isFalse();
        assertThat(socket.taken).isEqualTo(body);
        pass(Duration.ofSeconds(29));
        assertThat(late).as("the answer, before its time is over").isFalse();
        pass(Duration.ofSeconds(2));
        assertThat(late).as("the answer").isTrue();
    }

    @Test
    void anUpstreamThatReadsNothing_timesOut() {
        UpstreamAttempt.Upload upload = begin();
        socket.drain();

        pass(Duration.ofSeconds(31));

        assertThat(late).isTrue();
        assertThat(upload.ended()).isFalse();
    }

    @Test
    void noMoreIsSentThanTheUpstreamReads() {
        UpstreamAttempt.Upload unused = begin();

        assertThat(socket.taken.length()).isLessThanOrEqualTo(65_536);
    }

    private UpstreamAttempt.Upload begin() {
        Deadlines patience = new Deadlines(PATIENCE, () -> nanos, (millis, task) -> timer = task);
        UpstreamAttempt.Upload upload =
                new UpstreamAttempt.Upload(new BufferStream(body), patience, () -> late.set(true));
        upload.pipe().to(socket).onFailure(failed -> late.set(true));
        return upload;
    }

    /** Lets time pass, and the timer come that was asked for. */
    private void pass(Duration time) {
        nanos += time.toNanos();
        Runnable due = timer;
        timer = null;
        if (due != null) {
            due.run();
        }
    }

    private static Buffer random(int length) {
        byte[] bytes = new byte[length];
        new Random(1).nextBytes(bytes);
        return Buffer.buffer(bytes);
    }

    /** Full after each piece, until it is drained. */
    private static final class Socket implements WriteStream<Buffer> {
        final Buffer taken = Buffer.buffer();
        private boolean full;
        private @Nullable Handler<Void> drained;

        void drain() {
            full = false;
            Handler<Void> handler = drained;
            if (handler != null) {
                handler.handle(null);
            }
        }

        @Override
        public Future<Void> write(Buffer piece) {
            taken.appendBuffer(piece);
            full = true;
            return Future.succeededFuture();
        }

        @Override
        public boolean writeQueueFull() {
            return full;
        }

        @Override
        public Socket drainHandler(@Nullable Handler<Void> handler) {
            drained = handler;
            return this;
        }

        @Override
        public Future<Void> end() {
            return Future.succeededFuture();
        }

        @Override
        public Socket exceptionHandler(@Nullable Handler<Throwable> handler) {
            return this;
        }

        @Override
        public Socket setWriteQueueMaxSize(int size) {
            return this;
        }
    }

    /** A buffer as a stream of pieces. */
    private static final class BufferStream implements ReadStream<Buffer> {
        private static final int SIZE = 65_536;

        private final Buffer whole;
        private @Nullable Handler<Buffer> handler;
        private @Nullable Handler<Void> endHandler;
        private long demand;
        private int at;
        private boolean giving;
        private boolean ended;

        BufferStream(Buffer whole) {
            this.whole = whole;
        }

        @Override
        public BufferStream exceptionHandler(@Nullable Handler<Throwable> failed) {
            return this;
        }

        @Override
        public BufferStream handler(@Nullable Handler<Buffer> taker) {
            handler = taker;
            return this;
        }

        @Override
        public BufferStream endHandler(@Nullable Handler<Void> end) {
            endHandler = end;
            return this;
        }

        @Override
        public BufferStream pause() {
            demand = 0;
            return this;
        }

        @Override
        public BufferStream resume() {
            return fetch(Long.MAX_VALUE);
        }

        @Override
        public BufferStream fetch(long amount) {
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
}
