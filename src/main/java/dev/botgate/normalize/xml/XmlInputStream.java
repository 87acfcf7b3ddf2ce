package dev.botgate.normalize.xml;

import dev.botgate.normalize.json.ByteRange;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * The bytes of a document, for a parser that works on them piece by piece. Bounds what the parser takes for one piece,
 * such as a name or a comment, which it keeps in memory or passes over; text comes in many pieces.
 */
final class XmlInputStream extends InputStream {
    /** The longest piece that is not text. */
    static final int MAX_TOKEN_BYTES = 1 << 19;

    private final ByteRange bytes;
    private final boolean complete;
    private int at;
    private int tokenBytes;
    private boolean tokenTooLong;
    private boolean cutOff;

    private XmlInputStream(Buffer bytes, boolean complete) {
        this.bytes = ByteRange.of(bytes);
        this.complete = complete;
    }

    /** All of a document. */
    static XmlInputStream of(Buffer document) {
        return new XmlInputStream(document, true);
    }

    /** Of a document its beginning: whoever wants more starves. */
    static XmlInputStream ofPrefix(Buffer prefix) {
        return new XmlInputStream(prefix, false);
    }

    /** The document's bytes; of those before {@link #consumedEnd} the parser has a copy, or is done with them. */
    ByteRange bytes() {
        return bytes;
    }

    /** The offset in the array before which nothing will be read any more. */
    int consumedEnd() {
        return bytes.start() + at;
    }

    /** Whether the parser wanted more than the beginning. */
    boolean isCutOff() {
        return cutOff;
    }

    /** Begins another piece. */
    void startToken() {
        tokenBytes = 0;
    }

    /** Whether a piece was too long. */
    boolean isTokenTooLong() {
        return tokenTooLong;
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
            return length == 0 ? 0 : end();
        }
        if (tokenBytes > MAX_TOKEN_BYTES) {
            tokenTooLong = true;
            throw new IOException("too long a piece");
        }
        System.arraycopy(bytes.array(), bytes.start() + at, target, offset, count);
        at += count;
        tokenBytes += count;
        return count;
    }

    private int end() throws IOException {
        if (complete) {
            return -1;
        }
        cutOff = true;
        throw new IOException("the rest has not come");
    }
}
