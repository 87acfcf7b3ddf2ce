package dev.botgate.exchange;

import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decompresses one body up to a maximum.
 *
 * <p>It takes little more memory than the maximum, and less where the input cannot expand that far. Missing or trailing bytes are
 * an error.
 */
public final class ContentDecoder {
    private static final int MIN_CAPACITY = 1_024;
    private static final int GROWTH = 4;

    /** Up to this capacity the output grows in steps; then it grows at once to the possible maximum. */
    private static final int MAX_STEPWISE_CAPACITY = 1 << 20;

    /** The largest expansion of deflate: a match of 258 bytes takes two bits. */
    private static final int MAX_EXPANSION = 1_032;

    /** The shortest gzip member: header, an empty block, checksum and length. */
    private static final int MIN_GZIP_MEMBER = 20;

    private static final int GZIP_HEADER = 10;
    private static final int GZIP_HEADER_CHECK = 2;
    private static final int GZIP_EXTRA = 4;
    private static final int GZIP_NAME = 8;
    private static final int GZIP_COMMENT = 16;
    private static final int GZIP_RESERVED = 0xE0;

    private final byte[] source;
    private final int start;
    private final int end;
    private final int maxBytes;
    private final int maxPossible;
    private final boolean prefix;
    private byte[] output;
    private int outputLength;
    private int position;

    private ContentDecoder(Buffer body, ContentCoding coding, long maxBytes, boolean prefix) {
        ByteBuf bytes = ((BufferInternal) body).getByteBuf();
        this.source = bytes.hasArray() ? bytes.array() : body.getBytes();
        this.start = bytes.hasArray() ? bytes.arrayOffset() + bytes.readerIndex() : 0;
        this.end = start + body.length();
        this.position = start;
        this.maxBytes = (int) Math.min(maxBytes, Integer.MAX_VALUE - 8);
        this.maxPossible = (int) Math.min(this.maxBytes, (long) body.length() * MAX_EXPANSION);
        this.prefix = prefix;
        long expected = coding == ContentCoding.GZIP && body.length() >= MIN_GZIP_MEMBER
                ? littleEndian(end - 4)
                : Math.max(MIN_CAPACITY, (long) body.length() * GROWTH);
        this.output = new byte[(int) Math.max(1, Math.min(maxPossible, expected))];
    }

    /**
     * Decompresses {@code body}; an uncompressed body is returned as it is.
     *
     * @throws GatewayException BODY_TOO_LARGE where the result exceeds {@code maxBytes}, MALFORMED_BODY where the body is not
     *     encoded in {@code coding}
     */
    public static Buffer decode(Buffer body, ContentCoding coding, long maxBytes) {
        return coding == ContentCoding.IDENTITY
                ? body
                : new ContentDecoder(body, coding, maxBytes, false).decodeAll(coding);
    }

    /** Like {@link #decode}, by the {@code headers} of the body; empty where it fails or does not know the coding. */
    public static Optional<Buffer> tryDecode(Buffer body, MultiMap headers, long maxBytes) {
        try {
            return ContentCoding.of(headers).map(coding -> decode(body, coding, maxBytes));
        } catch (GatewayException refused) {
            return Optional.empty();
        }
    }

    /** The first {@code maxBytes} of the decompressed body; fewer where it is shorter or malformed. */
    public static Buffer decodePrefix(Buffer body, ContentCoding coding, int maxBytes) {
        if (coding == ContentCoding.IDENTITY) {
            return body.slice(0, Math.min(maxBytes, body.length()));
        }
        ContentDecoder decoder = new ContentDecoder(body, coding, maxBytes, true);
        try {
            return decoder.decodeAll(coding);
        } catch (GatewayException malformed) {
            return decoder.decoded();
        }
    }

    private Buffer decodeAll(ContentCoding coding) {
        if (coding == ContentCoding.GZIP) {
            do {
                gzipMember();
            } while (position < end && !isFull());
        } else {
            inflate(!startsAsZlib(), coding);
            if (position < end && !isFull()) {
                throw malformed("there is data after the compressed body (expected: the end)");
            }
        }
        return decoded();
    }

    private Buffer decoded() {
        return BufferInternal.buffer(Unpooled.wrappedBuffer(output, 0, outputLength));
    }

    /** Decodes one member of a gzip file: RFC 1952 section 2.2. */
    private void gzipMember() {
        skipGzipHeader();
        int from = outputLength;
        inflate(true, ContentCoding.GZIP);
        if (isFull()) {
            return;
        }
        if (end - position < 8) {
            throw malformed("the compressed data ends too early");
        }
        CRC32 check = new CRC32();
        check.update(output, from, outputLength - from);
        if (check.getValue() != littleEndian(position) || outputLength - from != littleEndian(position + 4)) {
            throw malformed("the data does not match its checksum or length");
        }
        position += 8;
    }

    /** RFC 1952 section 2.3. */
    private void skipGzipHeader() {
        boolean gzip = end - position >= GZIP_HEADER
                && source[position] == 0x1F
                && source[position + 1] == (byte) 0x8B
                && source[position + 2] == 8
                && (source[position + 3] & GZIP_RESERVED) == 0;
        if (gzip) {
            int flags = source[position + 3];
            int at = position + GZIP_HEADER;
            if ((flags & GZIP_EXTRA) != 0) {
                at = end - at < 2 ? end + 1 : at + 2 + ((source[at] & 0xFF) | (source[at + 1] & 0xFF) << 8);
            }
            at = (flags & GZIP_NAME) == 0 ? at : afterZero(at);
            at = (flags & GZIP_COMMENT) == 0 ? at : afterZero(at);
            at += (flags & GZIP_HEADER_CHECK) == 0 ? 0 : 2;
            if (at <= end) {
                position = at;
                return;
            }
        }
        throw malformed("not gzip (expected: a member by RFC 1952)");
    }

    private int afterZero(int from) {
        int at = from;
        while (at < end && source[at] != 0) {
            at++;
        }
        return at + 1;
    }

    /** The four bytes at {@code at} as an unsigned number. */
    private long littleEndian(int at) {
        return (source[at] & 0xFFL)
                | (source[at + 1] & 0xFFL) << 8
                | (source[at + 2] & 0xFFL) << 16
                | (source[at + 3] & 0xFFL) << 24;
    }

    private void inflate(boolean raw, ContentCoding coding) {
        Inflater inflater = new Inflater(raw);
        int from = position;
        inflater.setInput(source, from, end - from);
        try {
            while (!inflater.finished() && !isFull()) {
                if (outputLength == output.length && output.length < maxBytes) {
                    grow();
                }
                int count = inflater.inflate(output, outputLength, output.length - outputLength);
                outputLength += count;
                position = from + Math.toIntExact(inflater.getBytesRead());
                if (count == 0 && !inflater.finished()) {
                    requireMore(inflater);
                }
            }
            position = from + Math.toIntExact(inflater.getBytesRead());
        } catch (DataFormatException e) {
            position = from + Math.toIntExact(inflater.getBytesRead());
            throw malformed("malformed " + (coding == ContentCoding.GZIP ? "gzip" : "deflate")
                    + " data (expected: well-formed blocks)");
        } finally {
            inflater.end();
        }
    }

    /** Called when nothing was decompressed: either the maximum is reached, or the input has ended. */
    private void requireMore(Inflater inflater) throws DataFormatException {
        if (outputLength == maxBytes && inflater.inflate(new byte[1]) > 0) {
            throw new GatewayException(
                    Failure.BODY_TOO_LARGE, "The body expands to more than maximum-body-bytes, " + maxBytes);
        }
        if (inflater.needsDictionary()) {
            throw malformed("a preset dictionary (expected: none)");
        }
        if (inflater.needsInput() && !inflater.finished()) {
            throw malformed("the compressed data ends too early");
        }
    }

    private void grow() {
        long wanted = output.length < MAX_STEPWISE_CAPACITY ? (long) output.length * GROWTH : maxPossible;
        long atLeast = Math.min(maxBytes, output.length + (long) MIN_CAPACITY);
        output = Arrays.copyOf(output, (int) Math.max(Math.min(wanted, maxPossible), atLeast));
    }

    private boolean isFull() {
        return prefix && outputLength == maxBytes;
    }

    /** RFC 1950 section 2.2. */
    private boolean startsAsZlib() {
        return end - start >= 2
                && (source[start] & 0x0F) == 8
                && ((source[start] & 0xFF) << 8 | (source[start + 1] & 0xFF)) % 31 == 0;
    }

    private GatewayException malformed(String reason) {
        return new GatewayException(
                Failure.MALFORMED_BODY, "byte " + (position - start + 1) + " of the compressed body: " + reason);
    }
}
