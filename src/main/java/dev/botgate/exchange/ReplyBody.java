package dev.botgate.exchange;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;

/** The body of a reply. */
public sealed interface ReplyBody {

    /** A whole body in memory; may be empty. */
    record Whole(Buffer bytes) implements ReplyBody {}

    /**
     * A body that passes through as a paused stream.
     *
     * @param length the length that the upstream declared, -1 where it declared none
     * @param abandon gives up the rest, and closes the connection that it comes from
     * @param beginning a copy of the first bytes, for the audit trail; empty where nothing was read ahead
     */
    record Streamed(ReadStream<Buffer> stream, long length, Runnable abandon, Buffer beginning) implements ReplyBody {
        /** A body of which nothing was read ahead. */
        public Streamed(ReadStream<Buffer> stream, long length, Runnable abandon) {
            this(stream, length, abandon, Buffer.buffer());
        }
    }

    /**
     * No body, though headers may describe one: the reply to HEAD, 204, 304.
     *
     * @param length the {@code Content-Length} that the upstream sent nevertheless, -1 where it sent none
     */
    record Absent(long length) implements ReplyBody {}

    /**
     * The part of a body that arrived before the upstream broke off, in a successful reply to a mutation. The client gets this
     * part, as it would without the gateway; an error instead would make it repeat the mutation.
     *
     * @param length the length that the upstream declared, -1 where it declared none
     */
    record Cut(Buffer bytes, long length) implements ReplyBody {}
}
