package dev.botgate.normalize.json;

/** The escapes of a JSON string, RFC 8259 section 7. */
final class JsonEscapes {
    private JsonEscapes() {}

    /** Appends what stands between {@code start} and {@code end}, a valid JSON string without its quotes, to {@code out}. */
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

    /** What the valid escape, or the pair of two, that begins at {@code at} stands for; maybe a lone surrogate. */
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

    /** How many bytes the escape at {@code at} takes, which stands for {@code codePoint}. */
    static int length(byte[] json, int at, int codePoint) {
        if (json[at + 1] != 'u') {
            return 2;
        }
        return Character.isSupplementaryCodePoint(codePoint) ? 12 : 6;
    }

    /** Four hexadecimal digits as a number; -1 where one is no digit. */
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

    /** What the letter after a backslash stands for; -1 where it stands for nothing. */
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
