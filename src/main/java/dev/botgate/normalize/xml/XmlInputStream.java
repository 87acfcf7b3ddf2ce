package dev.botgate.normalize.xml;

import dev.botgate.normalize.json.ByteRange;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * The bytes of a document for the parser. Limits the bytes of one token, such as a name or a comment, which the parser
 * keeps in memory or skips; text comes in many tokens.
 */
final class XmlInputStream extends InputStream {
    /** The longest token other than text. */
    static final int MAX_TOKEN_BYTES = 1 << 19;

    private final ByteRange bytes;
    private int at;
    private int tokenBytes;
    private boolean tokenTooLong;

    XmlInputStream(Buffer bytes) {
        this.bytes = ByteRange.of(bytes);
    }

    ByteRange bytes() {
        return bytes;
    }

    /** Starts a new token. */
    void startToken() {
        tokenBytes = 0;
    }

    /** Whether a token was too long. */
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
            return length == 0 ? 0 : -1;
        }
        if (tokenBytes > MAX_TOKEN_BYTES) {
            tokenTooLong = true;
            throw new IOException("token too long");
        }
        System.arraycopy(bytes.array(), bytes.start() + at, target, offset, count);
        at += count;
        tokenBytes += count;
        return count;
    }
}
