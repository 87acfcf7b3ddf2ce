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

/** Reads the body of a reply whole, up to a limit. */
final class WholeBody {
    /** The prefix of a streamed reply that is kept for the audit trail, which reads ids from it. */
    private static final int PREFIX_BYTES = 65_536;

    private final ReplyStream stream;
    private final long length;
    private final long maximumBytes;
    private final MemoryBudget.Reservation memory;
    private final boolean mutation;
    private final BodyCollector collector;
    private final Promise<ReplyBody> body = Promise.promise();

    /**
     * @param length the declared length; -1 without one
     * @param memory an empty reservation, for the bytes until the body is complete
     * @param mutation whether the reply is to a mutation, which has happened: beyond a limit its reply streams instead
     *     of being refused
     */
    WholeBody(ReplyStream stream, long length, long maximumBytes, MemoryBudget.Reservation memory, boolean mutation) {
        this.stream = stream;
        this.length = length;
        this.maximumBytes = maximumBytes;
        this.memory = memory;
        this.mutation = mutation;
        this.collector = new BodyCollector(length);
    }

    /**
     * @return the bytes, or the stream of a mutation's reply beyond a limit; fails with UPSTREAM_REPLY_TOO_LARGE beyond
     *     {@code maximumBytes}, GATEWAY_BUSY beyond the memory budget, else as the stream does
     */
    Future<ReplyBody> read() {
        stream.exceptionHandler(cause -> {
            memory.release();
            body.tryFail(cause);
        });
        stream.endHandler(ended -> {
            memory.release();
            body.tryComplete(new ReplyBody.Whole(bytes()));
        });
        stream.handler(mutation ? this::collectOrStream : this::collectOrRefuse);
        stream.resume();
        return body.future();
    }

    private void collectOrRefuse(Buffer chunk) {
        try {
            if (collector.length() + (long) chunk.length() > maximumBytes) {
                throw tooLarge(maximumBytes);
            }
            collector.add(chunk);
            memory.grow(collector.capacity());
        } catch (GatewayException refused) {
            memory.release();
            if (body.tryFail(refused)) {
                stream.abandon();
            }
        }
    }

    private void collectOrStream(Buffer chunk) {
        long total = collector.length() + (long) chunk.length();
        boolean fits =
                Math.max(length, total) <= maximumBytes && memory.tryGrow(collector.capacityWith(chunk.length()));
        if (fits || total <= Math.min(PREFIX_BYTES, maximumBytes)) {
            collector.add(chunk);
            memory.forceGrow(collector.capacity());
        } else {
            switchToStream(chunk);
        }
    }

    private void switchToStream(Buffer chunk) {
        memory.forceGrow(collector.capacity() + (long) chunk.length());
        ByteBuf[] parts = {byteBuf(collector.bytes()), byteBuf(chunk)};
        Buffer received = BufferInternal.buffer(Unpooled.wrappedBuffer(parts));
        stream.pushBack(received, memory::release);
        Buffer prefix = received.getBuffer(0, Math.min(received.length(), PREFIX_BYTES));
        body.tryComplete(new ReplyBody.Streamed(stream, length, stream::abandon, prefix));
    }

    private static ByteBuf byteBuf(Buffer buffer) {
        return ((BufferInternal) buffer).getByteBuf();
    }

    /** The bytes that have arrived. */
    Buffer bytes() {
        return collector.bytes();
    }

    static GatewayException tooLarge(long maximumBytes) {
        return new GatewayException(
                Failure.UPSTREAM_REPLY_TOO_LARGE,
                "The upstream's reply is larger than maximum-reply-bytes, " + maximumBytes);
    }
}
