package dev.botgate.normalize;

import dev.botgate.exchange.JsonText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One pass over a JSON document, strictly as RFC 8259 has it, that finds the service URLs on its way.
 *
 * <p>What the grammar allows is accepted: any number, escapes of lone surrogates, a byte order mark ahead. A name that
 * comes twice in one object is refused, since then it is open what the connector would understand. Keeps nothing but
 * the names of the objects that are open; nesting costs no stack.
 */
final class JsonScanner {
    private static final boolean[] PLAIN = plain();

    /** More than a name that leads to a service URL can take, each letter an escape of six bytes. */
    private static final int LONGEST_LISTED_NAME = 600;

    private final byte[] json;
    private final int start;
    private final int end;
    private final Bounds bounds;
    private final MemberNames names;
    private final Bytes name = new Bytes(0);
    private final List<JsonText> serviceUrls = new ArrayList<>(2);

    private int at;
    private int nodes;
    private int depth;
    private boolean[] objects = new boolean[16];
    private boolean[] fresh = new boolean[16];
    private Places[] places = new Places[16];

    /**
     * What one document may have.
     *
     * @param depth objects and arrays inside each other
     * @param nodes values of any kind
     * @param names names of the objects that are open at once
     * @param textBytes bytes of one string or number as it is written
     */
    record Bounds(int depth, int nodes, int names, int textBytes) {
        static final Bounds NONE =
                new Bounds(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE);
    }

    JsonScanner(byte[] json, int start, int end, Bounds bounds) {
        this.json = json;
        this.start = start;
        this.end = end;
        this.bounds = bounds;
        this.names = new MemberNames(json);
    }

    /** Checks the document, whose root is at {@code root}, and returns its service URLs in byte order, counted from the start. */
    List<JsonText> scan(Places root) throws RefusedBody {
        at = start + Utf8.byteOrderMark(json, start, end);
        skipWhitespace();
        if (at == end) {
            throw malformed(at, "there is no value (expected: a JSON value)");
        }
        value(root);
        while (depth > 0) {
            skipWhitespace();
            if (objects[depth]) {
                member();
            } else {
                element();
            }
        }
        skipWhitespace();
        if (at < end) {
            throw malformed(at, "something follows the value (expected: the end)");
        }
        return serviceUrls;
    }

    /** How many values there were. */
    int nodes() {
        return nodes;
    }

    private void member() throws RefusedBody {
        if (is('}')) {
            names.close();
            leave();
            return;
        }
        if (!fresh[depth]) {
            expect(',', "a comma or }");
            skipWhitespace();
        }
        fresh[depth] = false;
        if (!is('"')) {
            throw unexpected("a name in double quotes");
        }
        Places place = name();
        skipWhitespace();
        expect(':', "a colon");
        skipWhitespace();
        value(place);
    }

    private Places name() throws RefusedBody {
        int open = at;
        boolean escaped = string();
        if (names.size() == bounds.names()) {
            throw limit(open, "too many names (expected: up to " + bounds.names() + " in the objects that are open)");
        }
        int from = open + 1;
        int to = at - 1;
        if (!names.add(from, to, escaped)) {
            throw malformed(open, "the object has this name already (expected: each name once)");
        }
        Places here = places[depth];
        if (!escaped) {
            return here.member(json, from, to);
        }
        if (to - from > LONGEST_LISTED_NAME) {
            return Places.NONE;
        }
        name.truncate(0);
        JsonEscapes.resolve(json, from, to, name);
        return here.member(name.array(), 0, name.length());
    }

    private void element() throws RefusedBody {
        if (is(']')) {
            leave();
            return;
        }
        if (!fresh[depth]) {
            expect(',', "a comma or ]");
            skipWhitespace();
        }
        fresh[depth] = false;
        value(places[depth].element());
    }

    private void value(Places place) throws RefusedBody {
        if (at == end) {
            throw unexpected("a value");
        }
        nodes++;
        if (nodes > bounds.nodes()) {
            throw limit(at, "too many values (expected: up to " + bounds.nodes() + ")");
        }
        switch (json[at]) {
            case '{' -> {
                enter(true, place);
                names.open();
            }
            case '[' -> enter(false, place);
            case '"' -> text(place);
            case 't' -> literal("true");
            case 'f' -> literal("false");
            case 'n' -> literal("null");
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
            default -> throw unexpected("a value");
        }
    }

    private void enter(boolean object, Places place) throws RefusedBody {
        if (depth == bounds.depth()) {
            throw limit(at, "nested too deep (expected: up to " + bounds.depth() + ")");
        }
        depth++;
        if (depth == objects.length) {
            objects = Arrays.copyOf(objects, depth * 2);
            fresh = Arrays.copyOf(fresh, depth * 2);
            places = Arrays.copyOf(places, depth * 2);
        }
        objects[depth] = object;
        fresh[depth] = true;
        places[depth] = place;
        at++;
    }

    private void leave() {
        depth--;
        at++;
    }

    private void text(Places place) throws RefusedBody {
        int open = at;
        boolean escaped = string();
        if (place.isServiceUrl()) {
            Bytes value = new Bytes(at - open);
            if (escaped) {
                JsonEscapes.resolve(json, open + 1, at - 1, value);
            } else {
                value.append(json, open + 1, at - 1);
            }
            serviceUrls.add(new JsonText(open - start, at - start, value.text(0, value.length())));
        }
    }

    /** Passes over the string that opens here, and tells whether it has escapes. */
    private boolean string() throws RefusedBody {
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

    private int afterEscape(int backslash) throws RefusedBody {
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

    private void literal(String word) throws RefusedBody {
        for (int i = 0; i < word.length(); i++, at++) {
            if (!is(word.charAt(i))) {
                throw unexpected(word);
            }
        }
    }

    private void number() throws RefusedBody {
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

    private void digits() throws RefusedBody {
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

    private void checkLength(int from, int to) throws RefusedBody {
        if (to - from > bounds.textBytes()) {
            throw limit(from, "the text is too long (expected: up to " + bounds.textBytes() + " bytes)");
        }
    }

    private void skipWhitespace() {
        int i = at;
        while (i < end && (json[i] == ' ' || json[i] == '\n' || json[i] == '\r' || json[i] == '\t')) {
            i++;
        }
        at = i;
    }

    private boolean is(char expected) {
        return at < end && json[at] == expected;
    }

    private void expect(char character, String expected) throws RefusedBody {
        if (!is(character)) {
            throw unexpected(expected);
        }
        at++;
    }

    private RefusedBody unexpected(String expected) {
        String what = at == end ? "the document ends too early" : JsonMistake.at(json, at, end);
        return malformed(at, what + " (expected: " + expected + ")");
    }

    private RefusedBody malformed(int offset, String reason) {
        Position position = Position.of(json, start, offset);
        return RefusedBody.malformed(position.line(), position.column(), reason);
    }

    private RefusedBody limit(int offset, String reason) {
        Position position = Position.of(json, start, offset);
        return RefusedBody.limit(position.line(), position.column(), reason);
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
