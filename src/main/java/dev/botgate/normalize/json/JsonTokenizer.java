package dev.botgate.normalize.json;

import java.util.Arrays;

/** The tokens of a JSON document, one after the other, strictly as RFC 8259 has them. */
final class JsonTokenizer {
    private static final boolean[] PLAIN = plain();

    private final byte[] json;
    private final int start;
    private final int end;
    private final int longestText;
    private int at;

    /** @param longestText the most bytes of one string or number as it is written */
    JsonTokenizer(byte[] json, int start, int end, int longestText) {
        this.json = json;
        this.start = start;
        this.end = end;
        this.longestText = longestText;
        this.at = start + Utf8.byteOrderMark(json, start, end);
    }

    /** Where the next byte is. */
    int at() {
        return at;
    }

    boolean atEnd() {
        return at == end;
    }

    /** The next byte, if there is one. */
    byte peek() {
        return json[at];
    }

    /** Passes over the next byte. */
    void skip() {
        at++;
    }

    /** Passes over the string that opens here, and tells whether it has escapes. */
    boolean string() throws InvalidBodyException {
        int open = at;
        int i = open + 1;
        boolean escaped = false;
        while (true) {
            while (i < end && PLAIN[json[i] & 0xFF]) {
                i++;
            }
            if (i == end) {
                throw malformed(end, "the document ends in a string");
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
        at = i + 1;
        checkLength(open + 1, i);
        return escaped;
    }

    private int afterEscape(int backslash) throws InvalidBodyException {
        if (backslash + 1 < end && JsonEscapes.shorthand(json[backslash + 1]) >= 0) {
            return backslash + 2;
        }
        boolean unit = backslash + 6 <= end && json[backslash + 1] == 'u' && JsonEscapes.hex(json, backslash + 2) >= 0;
        if (!unit) {
            throw malformed(
                    backslash, "an unknown escape (expected: one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX)");
        }
        return backslash + 6;
    }

    void literal(String word) throws InvalidBodyException {
        for (int i = 0; i < word.length(); i++, at++) {
            if (!is(word.charAt(i))) {
                throw unexpected(word);
            }
        }
    }

    void number() throws InvalidBodyException {
        int from = at;
        if (is('-')) {
            at++;
        }
        if (is('0')) {
            at++;
            if (at < end && isDigit(json[at])) {
                throw malformed(at, "a number begins with a zero (expected: no leading zeros)");
            }
        } else {
            digits();
        }
        if (is('.')) {
            at++;
            digits();
        }
        if (is('e') || is('E')) {
            at++;
            if (is('+') || is('-')) {
                at++;
            }
            digits();
        }
        checkLength(from, at);
    }

    private void digits() throws InvalidBodyException {
        int i = at;
        while (i < end && isDigit(json[i])) {
            i++;
        }
        boolean none = i == at;
        at = i;
        if (none) {
            throw unexpected("a digit");
        }
    }

    private void checkLength(int from, int to) throws InvalidBodyException {
        if (to - from > longestText) {
            throw limit(from, "the text is too long (expected: up to " + longestText + " bytes)");
        }
    }

    void skipWhitespace() {
        int i = at;
        while (i < end && (json[i] == ' ' || json[i] == '\n' || json[i] == '\r' || json[i] == '\t')) {
            i++;
        }
        at = i;
    }

    boolean is(char expected) {
        return at < end && json[at] == expected;
    }

    void expect(char character, String expected) throws InvalidBodyException {
        if (!is(character)) {
            throw unexpected(expected);
        }
        at++;
    }

    InvalidBodyException unexpected(String expected) {
        String what = at == end ? "the document ends too early" : mistake();
        return malformed(at, what + " (expected: " + expected + ")");
    }

    /** What the byte at {@code at} gets wrong, where the grammar has no place for it. */
    private String mistake() {
        return switch (json[at]) {
            case '\'' -> "a single quote";
            case '/', '#' -> "a comment";
            case ',' -> "a comma too many";
            case 'N', 'I' -> "a word that is no JSON";
            case '+', '.' -> "a number that begins with a sign or a point";
            case '}', ']' -> "a bracket that closes nothing or too early";
            default -> Utf8.next(json, at, end) < 0 ? "a byte that is not UTF-8" : "an unexpected character";
        };
    }

    InvalidBodyException malformed(int offset, String reason) {
        TextPosition position = TextPosition.of(json, start, offset);
        return InvalidBodyException.malformed(position.line(), position.column(), reason)
                .followedBy(end - offset);
    }

    InvalidBodyException limit(int offset, String reason) {
        TextPosition position = TextPosition.of(json, start, offset);
        return InvalidBodyException.limit(position.line(), position.column(), reason)
                .followedBy(end - offset);
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    private static boolean[] plain() {
        boolean[] plain = new boolean[256];
        Arrays.fill(plain, 0x20, 0x80, true);
        plain['"'] = false;
        plain['\\'] = false;
        return plain;
    }
}
