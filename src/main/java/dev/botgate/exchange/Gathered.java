package dev.botgate.exchange;

import io.vertx.core.buffer.Buffer;

/** Bytes that come in chunks, as one buffer. A chunk that is all of them stays what it is, uncopied. */
public final class Gathered {
    private static final long LARGEST_RESERVE = 65_536;

    private final int reserve;
    private Buffer bytes = Buffer.buffer();
    private boolean own;

    /** @param expected how many bytes there will be; -1 where nobody knows, and nothing is believed beyond 64 KiB */
    public Gathered(long expected) {
        this.reserve = Math.toIntExact(Math.min(Math.max(expected, 0), LARGEST_RESERVE));
    }

    /** Adds {@code chunk}, which must not be changed any more. */
    public void add(Buffer chunk) {
        if (bytes.length() == 0) {
            bytes = chunk;
            own = false;
            return;
        }
        if (!own) {
            bytes = Buffer.buffer(Math.max(reserve, bytes.length() + chunk.length()))
                    .appendBuffer(bytes);
            own = true;
        }
        bytes.appendBuffer(chunk);
    }

    public int length() {
        return bytes.length();
    }

    /** What has been added so far; valid until more is. */
    public Buffer bytes() {
        return bytes;
    }
}
