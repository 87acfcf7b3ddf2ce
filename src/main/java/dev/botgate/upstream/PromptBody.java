package dev.botgate.upstream;

import dev.botgate.exchange.ReplyBody;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.streams.ReadStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A small body that is to be streamed, but most often has come together with the reply's head: then it is taken whole, and
 * goes on in one piece with the head. What comes later streams, after what came at once.
 *
 * <p>Nothing waits for bytes: the event loop finishes what it has read, and that is what came at once.
 */
final class PromptBody {
    /** Longer bodies do not come in one reading. */
    static final long LARGEST = 65_536;

    private final ReadStream<Buffer> source;
    private final long length;
    private final Runnable abandon;
    private final List<ByteBuf> first = new ArrayList<>(2);
    private boolean ended;
    private @Nullable Throwable broken;

    /**
     * @param source paused
     * @param length of all of it, as declared; up to {@link #LARGEST}
     * @param abandon gives it up
     */
    PromptBody(ReadStream<Buffer> source, long length, Runnable abandon) {
        this.source = source;
        this.length = length;
        this.abandon = abandon;
    }

    /** @return succeeds as soon as the event loop has read what there is */
    Future<ReplyBody> read(Vertx vertx) {
        Promise<ReplyBody> body = Promise.promise();
        source.exceptionHandler(cause -> broken = cause);
        source.endHandler(end -> ended = true);
        source.handler(chunk -> first.add(((BufferInternal) chunk).getByteBuf()));
        source.resume();
        if (ended) {
            return Future.succeededFuture(new ReplyBody.Whole(came()));
        }
        vertx.runOnContext(read -> body.complete(soFar()));
        return body.future();
    }

    private ReplyBody soFar() {
        if (ended) {
            return new ReplyBody.Whole(came());
        }
        if (broken != null) {
            return new ReplyBody.Cut(came(), length);
        }
        source.pause();
        source.exceptionHandler(null);
        return new ReplyBody.Streamed(new ContinuedStream(came(), source, () -> {}), length, abandon);
    }

    /** All that came at once; nothing is copied, since it only goes on. */
    private Buffer came() {
        return BufferInternal.buffer(Unpooled.wrappedBuffer(first.size() + 1, first.toArray(ByteBuf[]::new)));
    }
}
