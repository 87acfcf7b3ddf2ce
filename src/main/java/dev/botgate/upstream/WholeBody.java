package dev.botgate.upstream;

import dev.botgate.exchange.BodyCollector;
import dev.botgate.exchange.MemoryBudget;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.streams.ReadStream;
import java.util.ArrayList;
import java.util.List;

/** The body of a reply on its way to being held whole, up to a bound. */
final class WholeBody {
    /** Of what is not held whole, as much is read ahead, since the trail looks for names there. */
    private static final int BEGINNING = 65_536;

    private final ReadStream<Buffer> stream;
    private final long length;
    private final long maximumBytes;
    private final MemoryBudget.Reservation held;
    private final boolean streams;
    private final Runnable abandon;
    private final BodyCollector bytes;
    private final List<Buffer> first = new ArrayList<>(2);
    private int firstBytes;
    private final Promise<ReplyBody> body = Promise.promise();

    /**
     * @param length as declared; -1 where it was not
     * @param held empty; what the body takes until it has come
     * @param streams whether it goes on as a stream where a bound is passed, rather than being refused: its call cannot be
     *     undone, and what was answered must be known
     * @param abandon gives up the rest, and closes the connection that the stream comes from
     */
    WholeBody(
            ReadStream<Buffer> stream,
            long length,
            long maximumBytes,
            MemoryBudget.Reservation held,
            boolean streams,
            Runnable abandon) {
        this.stream = stream;
        this.length = length;
        this.bytes = new BodyCollector(length);
        this.maximumBytes = maximumBytes;
        this.held = held;
        this.streams = streams;
        this.abandon = abandon;
    }

    /**
     * Reads the stream to its end, or as far as it can be held.
     *
     * @return the bytes, or the stream; fails with UPSTREAM_REPLY_TOO_LARGE beyond the bound, GATEWAY_BUSY beyond that of all
     *     bodies, unless it streams then; else as the stream does
     */
    Future<ReplyBody> read() {
        stream.exceptionHandler(cause -> {
            held.release();
            body.tryFail(cause);
        });
        stream.endHandler(ended -> {
            held.release();
            body.tryComplete(new ReplyBody.Whole(soFar()));
        });
        stream.handler(streams ? this::takeAnyhow : this::take);
        stream.resume();
        return body.future();
    }

    private void take(Buffer chunk) {
        if (bytes.length() + (long) chunk.length() > maximumBytes) {
            refuse(tooLarge(maximumBytes));
            return;
        }
        bytes.add(chunk);
        try {
            held.grow(bytes.room());
        } catch (GatewayException busy) {
            refuse(busy);
        }
    }

    /** The beginning is taken whatever it takes; what comes behind it only where it fits. */
    private void takeAnyhow(Buffer chunk) {
        first.add(chunk);
        firstBytes += chunk.length();
        long all = bytes.length() + (long) firstBytes;
        if (all <= Math.min(BEGINNING, maximumBytes)) {
            held.forceGrow(all);
        } else if (Math.max(length, all) <= maximumBytes && held.tryGrow(bytes.roomWith(firstBytes))) {
            gatherFirst();
        } else {
            held.forceGrow(bytes.room() + (long) firstBytes);
            goOnAsStream();
        }
    }

    private void gatherFirst() {
        first.forEach(bytes::add);
        first.clear();
        firstBytes = 0;
        held.forceGrow(bytes.room());
    }

    /** What has come is counted until all of it has gone on. */
    private void goOnAsStream() {
        stream.pause();
        stream.exceptionHandler(null);
        if (bytes.length() > 0) {
            first.add(0, bytes.bytes());
        }
        ByteBuf[] chunks = first.stream()
                .map(chunk -> ((BufferInternal) chunk).getByteBuf())
                .toArray(ByteBuf[]::new);
        Buffer come = BufferInternal.buffer(Unpooled.wrappedBuffer(chunks.length + 1, chunks));
        Buffer beginning = come.getBuffer(0, Math.min(come.length(), BEGINNING));
        Runnable letGo = () -> {
            held.release();
            abandon.run();
        };
        body.tryComplete(
                new ReplyBody.Streamed(new ContinuedStream(come, stream, held::release), length, letGo, beginning));
    }

    private void refuse(GatewayException refused) {
        held.release();
        if (body.tryFail(refused)) {
            abandon.run();
        }
    }

    /** What has been read; nothing must be read any more. */
    Buffer soFar() {
        first.forEach(bytes::add);
        first.clear();
        return bytes.bytes();
    }

    static GatewayException tooLarge(long maximumBytes) {
        return new GatewayException(
                Failure.UPSTREAM_REPLY_TOO_LARGE,
                "The upstream's reply is larger than maximum-reply-bytes, " + maximumBytes);
    }
}
