package dev.botgate.normalize;

/** The header of a gzip member: RFC 1952 section 2.3. */
final class GzipHeader {
    /** The length of the shortest member: header, an empty block, checksum and length. */
    static final int MIN_MEMBER_BYTES = 20;

    private static final int FIXED = 10;
    private static final int HEADER_CHECK = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int RESERVED = 0xE0;

    private GzipHeader() {}

    /** The offset after the header at {@code start}; -1 where there is no valid header. */
    static int end(byte[] bytes, int start, int end) {
        boolean gzip = end - start >= FIXED
                && bytes[start] == 0x1F
                && bytes[start + 1] == (byte) 0x8B
                && bytes[start + 2] == 8
                && (bytes[start + 3] & RESERVED) == 0;
        if (!gzip) {
            return -1;
        }
        int flags = bytes[start + 3];
        int at = start + FIXED;
        if ((flags & EXTRA) != 0) {
            if (end - at < 2) {
                return -1;
            }
            at += 2 + ((bytes[at] & 0xFF) | (bytes[at + 1] & 0xFF) << 8);
        }
        if ((flags & NAME) != 0) {
            at = afterZero(bytes, at, end);
        }
        if ((flags & COMMENT) != 0) {
            at = afterZero(bytes, at, end);
        }
        if ((flags & HEADER_CHECK) != 0) {
            at += 2;
        }
        return at <= end ? at : -1;
    }

    /** The four bytes at {@code at} as an unsigned number. */
    static long littleEndian(byte[] bytes, int at) {
        return (bytes[at] & 0xFFL)
                | (bytes[at + 1] & 0xFFL) << 8
                | (bytes[at + 2] & 0xFFL) << 16
                | (bytes[at + 3] & 0xFFL) << 24;
    }

    private static int afterZero(byte[] bytes, int from, int end) {
        int at = from;
        while (at < end && bytes[at] != 0) {
            at++;
        }
        return at + 1;
    }
}
