package dev.botgate.normalize.json;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;

/**
 * Bytes that stand in an array, from {@code start} to before {@code end}.
 *
 * <p>Bodies are large, and a copy of one costs as much memory as the body.
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

    /** The bytes of {@code buffer}: its own where it is on the heap, else a copy. Whoever changes them changes the buffer. */
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

    /** A buffer over these very bytes. */
    public Buffer asBuffer() {
        return BufferInternal.buffer(Unpooled.wrappedBuffer(array, start, length()));
    }
}
