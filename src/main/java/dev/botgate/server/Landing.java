package dev.botgate.server;

import dev.botgate.exchange.BodyCollector;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.Arrays;

/**
 * One body on its way to being held whole: what comes from the network lands in one array, at its place. Who reads the
 * body is told of the bytes later, in the same order, and then counts them only.
 *
 * <p>The array is as large as what has come, or a few times that, up to what is expected: what is only promised takes
 * little memory. What came before anything landed here is gathered, and copied to its place once.
 */
final class Landing {
    /** Bodies up to here are not worth it. */
    static final int SMALL = 65_536;

    /** No more than so many times what has come is taken: a body that is only promised takes little. */
    private static final long GROWTH = 4;

    private static final int NOWHERE = Integer.MAX_VALUE;

    private final long expected;
    private final long maximum;
    private final BodyCollector early;
    private byte[] array = new byte[0];
    private int from = NOWHERE;
    private int told;
    private boolean joined;

    /** @param length as declared; -1 where it was not */
    Landing(long length, long maximumBytes) {
        this.expected = length < 0 ? maximumBytes : length;
        this.maximum = maximumBytes;
        this.early = new BodyCollector(length);
    }

    /** Whether {@code length} bytes that come at {@code offset} of the body land here. */
    boolean takes(long offset, int length) {
        long end = offset + length;
        return end <= Math.min(maximum, Integer.MAX_VALUE - 8L) && (from != NOWHERE || end > SMALL);
    }

    /** Lets {@code bytes} land, which come at {@code offset}, next to those before; gives them at their place. */
    ByteBuf take(ByteBuf bytes, int offset) {
        int length = bytes.readableBytes();
        int end = offset + length;
        if (from == NOWHERE) {
            from = offset;
        }
        if (end > array.length) {
            array = Arrays.copyOf(array, (int) Math.max(end, room(end)));
        }
        bytes.getBytes(bytes.readerIndex(), array, offset, length);
        return Unpooled.wrappedBuffer(array, offset, length);
    }

    /** What is expected, divided as often as what has come allows, so that the last copy is never of nearly all. */
    private long room(long end) {
        long room = expected;
        for (long less = room / GROWTH; less >= end; less = room / GROWTH) {
            room = less;
        }
        return room;
    }

    /** Tells of the next bytes, which landed here if they could. */
    void add(Buffer chunk) {
        if (told < from) {
            early.add(chunk);
        }
        told += chunk.length();
    }

    /** How many bytes of memory that takes, about; not only for what was told of. */
    int room() {
        return Math.max(array.length, early.room());
    }

    /** Of how many bytes was told. */
    int length() {
        return told;
    }

    /** What was told of; valid until more is. */
    Buffer bytes() {
        if (told <= from) {
            return early.bytes();
        }
        if (!joined) {
            var unused = early.bytes().getBytes(0, from, array, 0);
            joined = true;
        }
        return BufferInternal.buffer(Unpooled.wrappedBuffer(array, 0, told));
    }
}
