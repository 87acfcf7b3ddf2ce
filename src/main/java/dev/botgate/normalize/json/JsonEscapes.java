package dev.botgate.normalize.json;

import java.util.Arrays;

/** Resolves the escapes of JSON strings: RFC 8259 section 7. */
final class JsonEscapes {
    private JsonEscapes() {}

    /** The bytes of the string between {@code start} and {@code end}, valid and without its quotes, with its escapes resolved. */
    static byte[] unescape(byte[] json, int start, int end) {
        byte[] unescaped = new byte[end - start];
        int length = 0;
        Bytes bytes = new Bytes(json).reset(start, end);
        for (int next = bytes.next(); next >= 0; next = bytes.next()) {
            unescaped[length++] = (byte) next;
        }
        return Arrays.copyOf(unescaped, length);
    }

    /**
     * The character that the escape at {@code at} stands for. The escape is valid; it may be one of two that form a
     * surrogate pair, or a lone surrogate.
     */
    private static int codePoint(byte[] json, int at, int end) {
        if (json[at + 1] != 'u') {
            return simpleEscape(json[at + 1]);
        }
        int unit = hex(json, at + 2);
        boolean isPair = Character.isHighSurrogate((char) unit)
                && at + 12 <= end
                && json[at + 6] == '\\'
                && json[at + 7] == 'u'
                && Character.isLowSurrogate((char) hex(json, at + 8));
        return isPair ? Character.toCodePoint((char) unit, (char) hex(json, at + 8)) : unit;
    }

    /** The number of bytes in the escape at {@code at}, which stands for {@code codePoint}. */
    private static int length(byte[] json, int at, int codePoint) {
        if (json[at + 1] != 'u') {
            return 2;
        }
        return Character.isSupplementaryCodePoint(codePoint) ? 12 : 6;
    }

    /** The value of the four hexadecimal digits at {@code at}; -1 where one of them is no digit. */
    static int hex(byte[] json, int at) {
        int value = 0;
        for (int i = at; i < at + 4; i++) {
            int digit = Character.digit(json[i], 16);
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    /** The character that a backslash and {@code letter} stand for; -1 where there is no such escape. */
    static int simpleEscape(byte letter) {
        return switch (letter) {
            case '"', '\\', '/' -> letter;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> -1;
        };
    }

    /** Iterates over the bytes of a string, its escapes resolved. */
    static final class Bytes {
        private final byte[] json;
        private int at;
        private int end;
        private int current;
        private int remaining;

        Bytes(byte[] json) {
            this.json = json;
        }

        /** Starts again with the string between {@code start} and {@code end}, valid and without its quotes. */
        Bytes reset(int start, int end) {
            this.at = start;
            this.end = end;
            this.remaining = 0;
            return this;
        }

        /** The next byte, from 0 to 255; -1 at the end. */
        int next() {
            if (remaining > 0) {
                remaining--;
                return 0x80 | ((current >> (remaining * 6)) & 0x3F);
            }
            if (at == end) {
                return -1;
            }
            if (json[at] != '\\') {
                return json[at++] & 0xFF;
            }
            int codePoint = codePoint(json, at, end);
            at += length(json, at, codePoint);
            return leadByte(codePoint);
        }

        /** The first byte in UTF-8; a lone surrogate has the three bytes that the scheme would give it. */
        private int leadByte(int codePoint) {
            current = codePoint;
            if (codePoint < 0x80) {
                return codePoint;
            }
            if (codePoint < 0x800) {
                remaining = 1;
                return 0xC0 | codePoint >> 6;
            }
            if (codePoint < 0x10000) {
                remaining = 2;
                return 0xE0 | codePoint >> 12;
            }
            remaining = 3;
            return 0xF0 | codePoint >> 18;
        }
    }
}
