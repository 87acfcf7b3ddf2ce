package dev.botgate.normalize;

import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.normalize.json.ByteRange;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decompresses one body up to a maximum.
 *
 * <p>It takes little more memory than the maximum, and less where the input cannot expand that far. Missing or trailing
 * bytes are an error, since the sender's intent is then unclear.
 */
final class ContentDecoder {
    private static final int MIN_CAPACITY = 1_024;
    private static final int GROWTH_FACTOR = 4;
    /** Up to this capacity the output grows in steps; then it grows at once to the possible maximum. */
    private static final int MAX_STEPWISE_CAPACITY = 1 << 20;

    /** The largest expansion of deflate: a match of 258 bytes takes two bits. */
    private static final int MAX_EXPANSION = 1_032;

    private final byte[] source;
    private final int end;
    private final int start;
    private final long maxBytes;
    private final boolean prefix;
    private byte[] output;
    private int outputLength;
    private int position;

    private ContentDecoder(ByteRange source, int expected, long maxBytes, boolean prefix) {
        this.source = source.array();
        this.start = source.start();
        this.end = source.end();
        this.position = start;
        this.maxBytes = maxBytes;
        this.prefix = prefix;
        this.output = new byte[Math.max(1, expected)];
    }

    /**
     * Decompresses {@code body}; an uncompressed body is returned as it is.
     *
     * @throws GatewayException BODY_TOO_LARGE where the result exceeds {@code maximumBytes}, MALFORMED_BODY where the
     *     body is not encoded in {@code coding}
     */
    static Buffer decode(Buffer body, ContentCoding coding, long maxBytes) {
        if (coding == ContentCoding.IDENTITY) {
            return body;
        }
        ByteRange source = ByteRange.of(body);
        long limit = Math.min(maxBytes, Integer.MAX_VALUE - 8);
        long maxPossible = Math.min(limit, (long) source.length() * MAX_EXPANSION);
        long expected = Math.min(maxPossible, Math.max(MIN_CAPACITY, (long) source.length() * GROWTH_FACTOR));
        if (coding == ContentCoding.GZIP && source.length() >= GzipHeader.MIN_MEMBER_BYTES) {
            expected = Math.min(maxPossible, GzipHeader.littleEndian(source.array(), source.end() - 4));
        }
        return new ContentDecoder(source, (int) expected, limit, false).decodeAll(coding);
    }

    /** The first {@code maxBytes} of the decompressed body; fewer where it is shorter or malformed. */
    static Buffer decodePrefix(Buffer body, ContentCoding coding, int maxBytes) {
        if (coding == ContentCoding.IDENTITY) {
            return body.slice(0, Math.min(maxBytes, body.length()));
        }
        ContentDecoder decoder = new ContentDecoder(ByteRange.of(body), maxBytes, maxBytes, true);
        try {
            return decoder.decodeAll(coding);
        } catch (GatewayException broken) {
            return decoder.decoded();
        }
    }

    private Buffer decodeAll(ContentCoding coding) {
        if (coding == ContentCoding.GZIP) {
            do {
                gzipMember();
            } while (position < end && !isFull());
        } else {
            Inflater inflater = new Inflater(!startsAsZlib());
            try {
                inflate(inflater, coding);
            } finally {
                inflater.end();
            }
            if (position < end && !isFull()) {
                throw malformed("there is data after the compressed body (expected: the end)");
            }
        }
        return decoded();
    }

    private Buffer decoded() {
        return new ByteRange(output, 0, outputLength).asBuffer();
    }

    /** Decodes one member of a gzip file: RFC 1952 section 2.2. */
    private void gzipMember() {
        int header = GzipHeader.end(source, position, end);
        if (header < 0) {
            throw malformed("not gzip (expected: a member by RFC 1952)");
        }
        position = header;
        int from = outputLength;
        Inflater inflater = new Inflater(true);
        try {
            inflate(inflater, ContentCoding.GZIP);
        } finally {
            inflater.end();
        }
        if (isFull()) {
            return;
        }
        if (end - position < 8) {
            throw malformed("the compressed data ends too early");
        }
        CRC32 check = new CRC32();
        check.update(output, from, outputLength - from);
        boolean intact = check.getValue() == GzipHeader.littleEndian(source, position)
                && (outputLength - from) == GzipHeader.littleEndian(source, position + 4);
        if (!intact) {
            throw malformed("the data does not match its checksum or length");
        }
        position += 8;
    }

    private void inflate(Inflater inflater, ContentCoding coding) {
        int from = position;
        inflater.setInput(source, from, end - from);
        try {
            while (!inflater.finished()) {
                int count = outputLength < output.length
                        ? inflater.inflate(output, outputLength, output.length - outputLength)
                        : grow(inflater);
                outputLength += count;
                position = from + Math.toIntExact(inflater.getBytesRead());
                if (isFull()) {
                    return;
                }
                if (count == 0 && !inflater.finished() && (inflater.needsInput() || inflater.needsDictionary())) {
                    throw malformed(
                            inflater.needsInput()
                                    ? "the compressed data ends too early"
                                    : "a preset dictionary (expected: none)");
                }
            }
        } catch (DataFormatException e) {
            position = from + Math.toIntExact(inflater.getBytesRead());
            throw malformed("malformed " + (coding == ContentCoding.GZIP ? "gzip" : "deflate")
                    + " data (expected: well-formed blocks)");
        }
    }

    /** Grows the output. At the maximum, checks whether more data would follow. */
    private int grow(Inflater inflater) throws DataFormatException {
        if (output.length < maxBytes) {
            long maxPossible = Math.min(maxBytes, (long) (end - start) * MAX_EXPANSION);
            long capacity = output.length < MAX_STEPWISE_CAPACITY
                    ? Math.min(maxPossible, (long) output.length * GROWTH_FACTOR)
                    : maxPossible;
            output = Arrays.copyOf(
                    output, (int) Math.max(capacity, Math.min(maxBytes, output.length + (long) MIN_CAPACITY)));
            return 0;
        }
        byte[] extra = new byte[1];
        if (inflater.inflate(extra) > 0) {
            throw tooLarge(maxBytes);
        }
        return 0;
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

    private static GatewayException tooLarge(long maxBytes) {
        return new GatewayException(
                Failure.BODY_TOO_LARGE, "The body expands to more than maximum-body-bytes, " + maxBytes);
    }
}
