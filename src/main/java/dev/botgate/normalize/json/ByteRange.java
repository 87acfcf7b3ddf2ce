package dev.botgate.normalize.json;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;

/**
 * The bytes of an array from {@code start} up to, but not including, {@code end}.
 *
 * <p>It avoids copies: a copy of a large body takes as much memory as the body.
 */
public final class ByteRange {
    private final byte[] array;
    private final int start;
    private final int end;

    public ByteRange(byte[] array, int start, int end) {
        this.array = array;
        this.start = start;
        this.end = end;
    }

    /**
     * The bytes of {@code buffer}. The range shares the buffer's memory where that is on the heap, and is a copy
     * otherwise.
     */
    public static ByteRange of(Buffer buffer) {
        ByteBuf bytes = ((BufferInternal) buffer).getByteBuf();
        if (bytes.hasArray()) {
            int start = bytes.arrayOffset() + bytes.readerIndex();
            return new ByteRange(bytes.array(), start, start + bytes.readableBytes());
        }
        byte[] copy = buffer.getBytes();
        return new ByteRange(copy, 0, copy.length);
    }

    public byte[] array() {
        return array;
    }

    public int start() {
        return start;
    }

    public int end() {
        return end;
    }

    public int length() {
        return end - start;
    }

    /** A buffer that shares these bytes. */
    public Buffer asBuffer() {
        return BufferInternal.buffer(Unpooled.wrappedBuffer(array, start, length()));
    }
}
