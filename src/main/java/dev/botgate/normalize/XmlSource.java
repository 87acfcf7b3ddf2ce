package dev.botgate.normalize;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * The bytes of a document, for a parser that works on them piece by piece. Bounds what the parser takes for one piece,
 * such as a name or a comment, which it keeps in memory or passes over; text comes in many pieces.
 */
final class XmlSource extends InputStream {
    /** The longest piece that is not text. */
    static final int MAXIMUM_PIECE = 1 << 20;

    private final Buffer bytes;
    private int at;
    private int taken;
    private boolean exhausted;

    XmlSource(Buffer bytes) {
        this.bytes = bytes;
    }

    /** How many bytes the document has. */
    int length() {
        return bytes.length();
    }

    /** Begins another piece. */
    void nextPiece() {
        taken = 0;
    }

    /** Whether a piece was too long. */
    boolean isExhausted() {
        return exhausted;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        int count = Math.min(length, bytes.length() - at);
        if (count == 0) {
            return length == 0 ? 0 : -1;
        }
        if (taken > MAXIMUM_PIECE) {
            exhausted = true;
            throw new IOException("too long a piece");
        }
        Buffer unused = bytes.getBytes(at, at + count, target, offset);
        assert unused == bytes;
        at += count;
        taken += count;
        return count;
    }
}
