package dev.botgate.exchange;

import io.vertx.core.buffer.Buffer;

/**
 * Bytes that come in chunks, as one buffer. A chunk that is all of them stays what it is, uncopied.
 *
 * <p>Room is made for as many bytes as have come and some times that, up to what is expected; so what is only promised
 * takes little memory, and what comes is not copied often.
 */
public final class BodyCollector {
    private static final int SMALL = 65_536;
    private static final long GROWTH = 4;

    private final long expected;
    private Buffer bytes = Buffer.buffer();
    private int room;

    /** @param expected how many bytes there will be; -1 where nobody knows */
    public BodyCollector(long expected) {
        this.expected = expected;
    }

    /** Adds {@code chunk}, which must not be changed any more. */
    public void add(Buffer chunk) {
        if (bytes.length() == 0) {
            bytes = chunk;
            return;
        }
        int needed = Math.addExact(bytes.length(), chunk.length());
        if (needed > room) {
            room = roomOf(needed);
            bytes = Buffer.buffer(room).appendBuffer(bytes);
        }
        bytes.appendBuffer(chunk);
    }

    /** How many bytes of memory it takes with {@code more} bytes, about. */
    public int roomWith(int more) {
        int needed = Math.addExact(bytes.length(), more);
        return bytes.length() == 0 || needed <= room ? Math.max(needed, room) : roomOf(needed);
    }

    private int roomOf(int needed) {
        return (int) Math.max(needed, Math.min(Integer.MAX_VALUE - 8L, growth(needed)));
    }

    private long growth(int needed) {
        return needed > expected ? needed * 2L : Math.min(expected, Math.max(SMALL, needed * GROWTH));
    }

    /** How many bytes of memory that takes, about. */
    public int room() {
        return Math.max(room, bytes.length());
    }

    public int length() {
        return bytes.length();
    }

    /** What has been added so far; valid until more is. */
    public Buffer bytes() {
        return bytes;
    }
}
