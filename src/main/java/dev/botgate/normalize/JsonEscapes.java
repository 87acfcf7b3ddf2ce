package dev.botgate.normalize;

/** The escapes of a JSON string, RFC 8259 section 7. */
final class JsonEscapes {
    private JsonEscapes() {}

    /** Appends what stands between {@code start} and {@code end}, a valid JSON string without its quotes, to {@code out}. */
    static void resolve(byte[] json, int start, int end, Bytes out) {
        int at = start;
        while (at < end) {
            if (json[at] != '\\') {
                out.append(json[at++]);
            } else if (json[at + 1] != 'u') {
                out.append(shorthand(json[at + 1]));
                at += 2;
            } else {
                int unit = hex(json, at + 2);
                at += 6;
                boolean pair = Character.isHighSurrogate((char) unit)
                        && at + 6 <= end
                        && json[at] == '\\'
                        && json[at + 1] == 'u'
                        && Character.isLowSurrogate((char) hex(json, at + 2));
                if (pair) {
                    out.appendCodePoint(Character.toCodePoint((char) unit, (char) hex(json, at + 2)));
                    at += 6;
                } else {
                    out.appendCodePoint(unit);
                }
            }
        }
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
    static int shorthand(byte letter) {
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
