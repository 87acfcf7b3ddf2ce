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
 * One compressed body on its way to being expanded, whole and up to a bound.
 *
 * <p>Takes hardly more memory than the bound, and less where less can come out. What follows the
 * compressed data, or is missing at its end, is an error, since then it is open what was meant.
 */
final class ContentDecoder {
    private static final int LEAST = 1_024;
    private static final int GROWTH = 4;
    /** Up to here the output grows step by step, then at once to what it can become. */
    private static final int SMALL = 1 << 20;

    /** Deflate makes no more than this many bytes of one: 258 of a length and a distance of a bit each. */
    private static final int MOST_OF_ONE = 1_032;

    private final byte[] source;
    private final int end;
    private final int start;
    private final long maximum;
    private final boolean prefix;
    private byte[] out;
    private int length;
    private int at;

    private ContentDecoder(ByteRange source, int expected, long maximum, boolean prefix) {
        this.source = source.array();
        this.start = source.start();
        this.end = source.end();
        this.at = start;
        this.maximum = maximum;
        this.prefix = prefix;
        this.out = new byte[Math.max(1, expected)];
    }

    /**
     * What {@code body} expands to; {@code body} itself where it is not compressed.
     *
     * @throws GatewayException BODY_TOO_LARGE where that is more than {@code maximumBytes}, MALFORMED_BODY where the body
     *     is not what {@code coding} says
     */
    static Buffer of(Buffer body, ContentCoding coding, long maximumBytes) {
        if (coding == ContentCoding.IDENTITY) {
            return body;
        }
        ByteRange source = ByteRange.of(body);
        long bound = Math.min(maximumBytes, Integer.MAX_VALUE - 8);
        long possible = Math.min(bound, (long) source.length() * MOST_OF_ONE);
        long expected = Math.min(possible, Math.max(LEAST, (long) source.length() * GROWTH));
        if (coding == ContentCoding.GZIP && source.length() >= GzipHeader.LEAST_MEMBER) {
            expected = Math.min(possible, GzipHeader.littleEndian(source.array(), source.end() - 4));
        }
        return new ContentDecoder(source, (int) expected, bound, false).run(coding);
    }

    /** The first bytes, up to {@code most}, of what {@code body} expands to; fewer, or none, where it is broken. */
    static Buffer beginning(Buffer body, ContentCoding coding, int most) {
        if (coding == ContentCoding.IDENTITY) {
            return body.slice(0, Math.min(most, body.length()));
        }
        ContentDecoder expansion = new ContentDecoder(ByteRange.of(body), most, most, true);
        try {
            return expansion.run(coding);
        } catch (GatewayException broken) {
            return expansion.soFar();
        }
    }

    private Buffer run(ContentCoding coding) {
        if (coding == ContentCoding.GZIP) {
            do {
                member();
            } while (at < end && !isFull());
        } else {
            Inflater inflater = new Inflater(!startsAsZlib());
            try {
                inflate(inflater, coding);
            } finally {
                inflater.end();
            }
            if (at < end && !isFull()) {
                throw malformed("something follows the compressed data (expected: the end)");
            }
        }
        return soFar();
    }

    private Buffer soFar() {
        return new ByteRange(out, 0, length).asBuffer();
    }

    /** One member of a gzip file: RFC 1952 section 2.2. */
    private void member() {
        int header = GzipHeader.end(source, at, end);
        if (header < 0) {
            throw malformed("no gzip (expected: what RFC 1952 calls a member)");
        }
        at = header;
        int from = length;
        Inflater inflater = new Inflater(true);
        try {
            inflate(inflater, ContentCoding.GZIP);
        } finally {
            inflater.end();
        }
        if (isFull()) {
            return;
        }
        if (end - at < 8) {
            throw malformed("the compressed data end too early");
        }
        CRC32 check = new CRC32();
        check.update(out, from, length - from);
        boolean intact = check.getValue() == GzipHeader.littleEndian(source, at)
                && (length - from) == GzipHeader.littleEndian(source, at + 4);
        if (!intact) {
            throw malformed(
                    "the data are not those that were compressed (expected: the checksum and length that follow)");
        }
        at += 8;
    }

    private void inflate(Inflater inflater, ContentCoding coding) {
        int from = at;
        inflater.setInput(source, from, end - from);
        try {
            while (!inflater.finished()) {
                int count = length < out.length ? inflater.inflate(out, length, out.length - length) : more(inflater);
                length += count;
                at = from + Math.toIntExact(inflater.getBytesRead());
                if (isFull()) {
                    return;
                }
                if (count == 0 && !inflater.finished() && (inflater.needsInput() || inflater.needsDictionary())) {
                    throw malformed(
                            inflater.needsInput()
                                    ? "the compressed data end too early"
                                    : "a preset dictionary (expected: none)");
                }
            }
        } catch (DataFormatException e) {
            at = from + Math.toIntExact(inflater.getBytesRead());
            throw malformed(
                    "no " + (coding == ContentCoding.GZIP ? "gzip" : "deflate") + " (expected: well-formed blocks)");
        }
    }

    /** Makes room for more; at the bound, finds out whether there is more. */
    private int more(Inflater inflater) throws DataFormatException {
        if (out.length < maximum) {
            long possible = Math.min(maximum, (long) (end - start) * MOST_OF_ONE);
            long wanted = out.length < SMALL ? Math.min(possible, (long) out.length * GROWTH) : possible;
            out = Arrays.copyOf(out, (int) Math.max(wanted, Math.min(maximum, out.length + (long) LEAST)));
            return 0;
        }
        byte[] one = new byte[1];
        if (inflater.inflate(one) > 0) {
            throw tooLarge(maximum);
        }
        return 0;
    }

    private boolean isFull() {
        return prefix && length == maximum;
    }

    /** RFC 1950 section 2.2. */
    private boolean startsAsZlib() {
        return end - start >= 2
                && (source[start] & 0x0F) == 8
                && ((source[start] & 0xFF) << 8 | (source[start + 1] & 0xFF)) % 31 == 0;
    }

    private GatewayException malformed(String reason) {
        return new GatewayException(
                Failure.MALFORMED_BODY, "byte " + (at - start + 1) + " of the compressed body: " + reason);
    }

    private static GatewayException tooLarge(long maximum) {
        return new GatewayException(
                Failure.BODY_TOO_LARGE, "The body expands to more than maximum-body-bytes, " + maximum);
    }
}
