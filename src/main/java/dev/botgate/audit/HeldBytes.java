package dev.botgate.audit;

import io.netty.buffer.ByteBuf;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;

/**
 * The bytes of a buffer where they stand, so that looking at them copies nothing: {@link #length} of them from {@link #start}.
 * Not to be changed, and not to be kept.
 */
final class HeldBytes {
    private final byte[] array;
    private final int start;
    private final int length;

    private HeldBytes(byte[] array, int start, int length) {
        this.array = array;
        this.start = start;
        this.length = length;
    }

    /** The buffer's own where it is on the heap, else a copy. */
    static HeldBytes of(Buffer buffer) {
        ByteBuf bytes = ((BufferInternal) buffer).getByteBuf();
        if (bytes.hasArray()) {
            return new HeldBytes(bytes.array(), bytes.arrayOffset() + bytes.readerIndex(), bytes.readableBytes());
        }
        byte[] copy = buffer.getBytes();
        return new HeldBytes(copy, 0, copy.length);
    }

    byte[] array() {
        return array;
    }

    int start() {
        return start;
    }

    int length() {
        return length;
    }
}
