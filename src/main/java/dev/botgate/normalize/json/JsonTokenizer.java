package dev.botgate.normalize.json;

import java.util.Arrays;

/** Reads the tokens of a JSON document strictly by RFC 8259, one after the other. */
final class JsonTokenizer {
    private static final boolean[] UNESCAPED = unescaped();

    private final byte[] json;
    private final int start;
    private final int end;
    private final int maxTextBytes;
    private int position;

    /** @param maxTextBytes the longest string or number, in bytes as it is written */
    JsonTokenizer(byte[] json, int start, int end, int maxTextBytes) {
        this.json = json;
        this.start = start;
        this.end = end;
        this.maxTextBytes = maxTextBytes;
        this.position = start + Utf8.byteOrderMark(json, start, end);
    }

    /** The offset of the next byte. */
    int at() {
        return position;
    }

    boolean atEnd() {
        return position == end;
    }

    /** The next byte; only where there is one. */
    byte peek() {
        return json[position];
    }

    /** Skips the next byte. */
    void skip() {
        position++;
    }

    /**
     * Skips the string that starts here.
     *
     * @return whether it has escapes
     */
    boolean string() throws InvalidBodyException {
        int open = position;
        int i = open + 1;
        boolean escaped = false;
        while (true) {
            while (i < end && UNESCAPED[json[i] & 0xFF]) {
                i++;
            }
            if (i == end) {
                throw malformed(end, "the document ends inside a string");
            }
            byte b = json[i];
            if (b == '"') {
                break;
            }
            if (b == '\\') {
                escaped = true;
                i = afterEscape(i);
            } else if (b >= 0) {
                throw malformed(i, "a control character in a string (expected: an escape)");
            } else {
                int next = Utf8.next(json, i, end);
                if (next < 0) {
                    throw malformed(i, "a byte that is not UTF-8");
                }
                i = next;
            }
        }
        position = i + 1;
        checkLength(open + 1, i);
        return escaped;
    }

    private int afterEscape(int backslash) throws InvalidBodyException {
        if (backslash + 1 < end && JsonEscapes.simpleEscape(json[backslash + 1]) >= 0) {
            return backslash + 2;
        }
        boolean unicode =
                backslash + 6 <= end && json[backslash + 1] == 'u' && JsonEscapes.hex(json, backslash + 2) >= 0;
        if (!unicode) {
            throw malformed(
                    backslash, "an unknown escape (expected: one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX)");
        }
        return backslash + 6;
    }

    void literal(String word) throws InvalidBodyException {
        for (int i = 0; i < word.length(); i++, position++) {
            if (!nextIs(word.charAt(i))) {
                throw unexpected(word);
            }
        }
    }

    void number() throws InvalidBodyException {
        int from = position;
        if (nextIs('-')) {
            position++;
        }
        if (nextIs('0')) {
            position++;
            if (position < end && isDigit(json[position])) {
                throw malformed(position, "a number has a leading zero (expected: none)");
            }
        } else {
            digits();
        }
        if (nextIs('.')) {
            position++;
            digits();
        }
        if (nextIs('e') || nextIs('E')) {
            position++;
            if (nextIs('+') || nextIs('-')) {
                position++;
            }
            digits();
        }
        checkLength(from, position);
    }

    private void digits() throws InvalidBodyException {
        int i = position;
        while (i < end && isDigit(json[i])) {
            i++;
        }
        boolean noDigits = i == position;
        position = i;
        if (noDigits) {
            throw unexpected("a digit");
        }
    }

    private void checkLength(int from, int to) throws InvalidBodyException {
        if (to - from > maxTextBytes) {
            throw limitExceeded(from, "the text is too long (expected: up to " + maxTextBytes + " bytes)");
        }
    }

    void skipWhitespace() {
        int i = position;
        while (i < end && (json[i] == ' ' || json[i] == '\n' || json[i] == '\r' || json[i] == '\t')) {
            i++;
        }
        position = i;
    }

    boolean nextIs(char expected) {
        return position < end && json[position] == expected;
    }

    void expect(char character, String expected) throws InvalidBodyException {
        if (!nextIs(character)) {
            throw unexpected(expected);
        }
        position++;
    }

    InvalidBodyException unexpected(String expected) {
        String problem = position == end ? "the document ends too early" : describeNext();
        return malformed(position, problem + " (expected: " + expected + ")");
    }

    /** Describes the next byte, which the grammar does not allow here, without repeating it. */
    private String describeNext() {
        return switch (json[position]) {
            case '\'' -> "a single quote";
            case '/', '#' -> "a comment";
            case ',' -> "an extra comma";
            case 'N', 'I' -> "a word that is not JSON";
            case '+', '.' -> "a number that begins with a plus or a point";
            case '}', ']' -> "an unexpected closing bracket";
            default -> Utf8.next(json, position, end) < 0 ? "a byte that is not UTF-8" : "an unexpected character";
        };
    }

    InvalidBodyException malformed(int offset, String reason) {
        TextPosition position = TextPosition.of(json, start, offset);
        return InvalidBodyException.malformed(position.line(), position.column(), reason);
    }

    InvalidBodyException limitExceeded(int offset, String reason) {
        TextPosition position = TextPosition.of(json, start, offset);
        return InvalidBodyException.limitExceeded(position.line(), position.column(), reason);
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    private static boolean[] unescaped() {
        boolean[] unescaped = new boolean[256];
        Arrays.fill(unescaped, 0x20, 0x80, true);
        unescaped['"'] = false;
        unescaped['\\'] = false;
        return unescaped;
    }
}
