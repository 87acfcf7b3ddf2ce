package dev.botgate.normalize.json;

/** Resolves the escapes of JSON strings: RFC 8259 section 7. */
final class JsonEscapes {
    private JsonEscapes() {}

    /**
     * Appends the string between {@code start} and {@code end} to {@code out}, its escapes resolved. The string is
     * valid and comes without its quotes.
     */
    static void unescape(byte[] json, int start, int end, ByteBuilder out) {
        int at = start;
        while (at < end) {
            if (json[at] != '\\') {
                out.append(json[at++]);
            } else {
                int codePoint = codePoint(json, at, end);
                out.appendCodePoint(codePoint);
                at += length(json, at, codePoint);
            }
        }
    }

    /**
     * The character that the escape at {@code at} stands for. The escape is valid; it may be one of two that form a
     * surrogate pair, or a lone surrogate.
     */
    static int codePoint(byte[] json, int at, int end) {
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
    static int length(byte[] json, int at, int codePoint) {
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
}
