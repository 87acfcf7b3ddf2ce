package dev.botgate.normalize.json;

/** Checks UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing beyond U+10FFFF. */
public final class Utf8 {
    private Utf8() {}

    /** The length of the byte order mark at {@code start}: 3, or 0 where there is none. */
    public static int byteOrderMark(byte[] text, int start, int end) {
        boolean present = end - start >= 3
                && text[start] == (byte) 0xEF
                && text[start + 1] == (byte) 0xBB
                && text[start + 2] == (byte) 0xBF;
        return present ? 3 : 0;
    }

    /** The offset after the character at {@code at}; -1 where it is not valid. */
    static int next(byte[] text, int at, int end) {
        int lead = text[at] & 0xFF;
        if (lead < 0x80) {
            return at + 1;
        }
        if (lead >= 0xC2 && lead <= 0xDF) {
            return sequenceEnd(text, at + 1, end, 0x80, 0xBF, 0);
        }
        if (lead >= 0xE0 && lead <= 0xEF) {
            return sequenceEnd(text, at + 1, end, lead == 0xE0 ? 0xA0 : 0x80, lead == 0xED ? 0x9F : 0xBF, 1);
        }
        if (lead >= 0xF0 && lead <= 0xF4) {
            return sequenceEnd(text, at + 1, end, lead == 0xF0 ? 0x90 : 0x80, lead == 0xF4 ? 0x8F : 0xBF, 2);
        }
        return -1;
    }

    /** The offset of the first byte that is not valid; -1 where all are. */
    public static int firstInvalid(byte[] text, int start, int end) {
        int at = start;
        while (at < end) {
            int next = text[at] >= 0 ? at + 1 : next(text, at, end);
            if (next < 0) {
                return at;
            }
            at = next;
        }
        return -1;
    }

    private static int sequenceEnd(byte[] text, int at, int end, int minSecond, int maxSecond, int continuationBytes) {
        if (at + continuationBytes >= end || (text[at] & 0xFF) < minSecond || (text[at] & 0xFF) > maxSecond) {
            return -1;
        }
        for (int i = at + 1; i <= at + continuationBytes; i++) {
            if ((text[i] & 0xC0) != 0x80) {
                return -1;
            }
        }
        return at + 1 + continuationBytes;
    }
}
