package dev.botgate.exchange;

import io.vertx.core.buffer.Buffer;

/**
 * Collects the chunks of a body in one buffer. A single chunk is not copied.
 *
 * <p>The buffer's capacity is at most a few times what has arrived, so that a body that is only announced takes little memory.
 */
public final class BodyCollector {
    private static final int MIN_CAPACITY = 65_536;
    private static final long GROWTH = 4;

    private final long expected;
    private Buffer bytes = Buffer.buffer();
    private int capacity;

    /** @param expected the length of the body; -1 where it is unknown */
    public BodyCollector(long expected) {
        this.expected = expected;
    }

    /** Adds {@code chunk}, which must not be changed any more. */
    public void add(Buffer chunk) {
        if (bytes.length() == 0) {
            bytes = chunk;
            return;
        }
        int needed = bytes.length() + chunk.length();
        if (needed > capacity) {
            capacity = grown(needed);
            bytes = Buffer.buffer(capacity).appendBuffer(bytes);
        }
        bytes.appendBuffer(chunk);
    }

    /** About how many bytes of memory this takes with {@code more} bytes. */
    public int capacityWith(int more) {
        int needed = Math.addExact(bytes.length(), more);
        return bytes.length() == 0 || needed <= capacity ? Math.max(needed, capacity) : grown(needed);
    }

    private int grown(int needed) {
        long wanted = needed > expected ? needed * 2L : Math.min(expected, Math.max(MIN_CAPACITY, needed * GROWTH));
        return (int) Math.min(Integer.MAX_VALUE - 8L, wanted);
    }

    /** About how many bytes of memory this takes. */
    public int capacity() {
        return Math.max(capacity, bytes.length());
    }

    public int length() {
        return bytes.length();
    }

    /** The bytes so far; valid until more are added. */
    public Buffer bytes() {
        return bytes;
    }
}
