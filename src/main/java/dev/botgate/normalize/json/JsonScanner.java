package dev.botgate.normalize.json;

import dev.botgate.exchange.JsonStrings;
import dev.botgate.normalize.json.JsonChecker.JsonLimits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Checks a JSON document strictly by RFC 8259, in one pass, and finds its service URLs and whether it names members
 * that were added or removed.
 *
 * <p>It accepts what the grammar allows: numbers of any size, escaped lone surrogates, a byte order mark at the start.
 * It refuses an object that has a name twice, since readers differ in which of the two they take. It keeps only the
 * names of open objects, and does not recurse.
 */
final class JsonScanner {
    /**
     * A longer name with escapes is no property of the schema: none has more than 100 letters, and an escaped letter
     * takes at most six bytes.
     */
    private static final int MAX_PROPERTY_NAME_BYTES = 600;

    private static final byte[] MEMBERS_ADDED = "membersAdded".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] MEMBERS_REMOVED = "membersRemoved".getBytes(StandardCharsets.US_ASCII);
    private static final int NOT_INSIDE = -1;

    private final byte[] json;
    private final int start;
    private final JsonTokenizer tokens;
    private final JsonLimits limits;
    private final DuplicateNameDetector names;
    private final List<JsonStrings.Span> serviceUrls = new ArrayList<>(2);

    private int valueCount;
    private int depth;
    private boolean memberChange;
    private int memberChangeDepth = NOT_INSIDE;
    private boolean namesMembers;
    private boolean[] isObject = new boolean[16];
    private boolean[] isFirst = new boolean[16];
    private SchemaCursor[] cursors = new SchemaCursor[16];

    JsonScanner(byte[] json, int start, int end, JsonLimits limits) {
        this.json = json;
        this.start = start;
        this.tokens = new JsonTokenizer(json, start, end, limits.maxTextBytes());
        this.limits = limits;
        this.names = new DuplicateNameDetector(json);
    }

    /** Checks the document, whose root is at {@code root}. Offsets in the result count from the document's start. */
    JsonChecker.Result scan(SchemaCursor root) throws InvalidBodyException {
        tokens.skipWhitespace();
        if (tokens.atEnd()) {
            throw tokens.malformed(tokens.at(), "the document is empty (expected: a JSON value)");
        }
        value(root);
        while (depth > 0) {
            tokens.skipWhitespace();
            if (isObject[depth]) {
                member();
            } else {
                element();
            }
        }
        tokens.skipWhitespace();
        if (!tokens.atEnd()) {
            throw tokens.malformed(tokens.at(), "there is data after the value (expected: the end)");
        }
        return new JsonChecker.Result(serviceUrls, namesMembers);
    }

    /** The number of values in the document. */
    int valueCount() {
        return valueCount;
    }

    private void member() throws InvalidBodyException {
        if (tokens.nextIs('}')) {
            names.leaveObject();
            leave();
            return;
        }
        if (!isFirst[depth]) {
            tokens.expect(',', "a comma or }");
            tokens.skipWhitespace();
        }
        isFirst[depth] = false;
        if (!tokens.nextIs('"')) {
            throw tokens.unexpected("a name in double quotes");
        }
        SchemaCursor cursor = name();
        tokens.skipWhitespace();
        tokens.expect(':', "a colon");
        tokens.skipWhitespace();
        boolean inMemberChange = memberChange && tokens.nextIs('[');
        value(cursor);
        if (inMemberChange) {
            memberChangeDepth = depth;
        }
    }

    private SchemaCursor name() throws InvalidBodyException {
        int nameStart = tokens.at();
        boolean escaped = tokens.string();
        if (names.size() == limits.maxOpenNames()) {
            throw tokens.limitExceeded(
                    nameStart, "too many names (expected: up to " + limits.maxOpenNames() + " in open objects)");
        }
        int from = nameStart + 1;
        int to = tokens.at() - 1;
        if (!names.add(from, to, escaped)) {
            throw tokens.malformed(nameStart, "an object has a name twice (expected: each name once)");
        }
        SchemaCursor here = cursors[depth];
        if (!escaped) {
            memberChange = namesMemberChange(json, from, to);
            return here.member(json, from, to);
        }
        if (to - from > MAX_PROPERTY_NAME_BYTES) {
            memberChange = false;
            return SchemaCursor.NONE;
        }
        byte[] name = JsonEscapes.unescape(json, from, to);
        memberChange = namesMemberChange(name, 0, name.length);
        return here.member(name, 0, name.length);
    }

    private static boolean namesMemberChange(byte[] source, int start, int end) {
        return SchemaCursor.equalsIgnoringCase(MEMBERS_ADDED, source, start, end)
                || SchemaCursor.equalsIgnoringCase(MEMBERS_REMOVED, source, start, end);
    }

    private void element() throws InvalidBodyException {
        if (tokens.nextIs(']')) {
            leave();
            return;
        }
        if (!isFirst[depth]) {
            tokens.expect(',', "a comma or ]");
            tokens.skipWhitespace();
        }
        isFirst[depth] = false;
        namesMembers |= depth == memberChangeDepth;
        value(cursors[depth].element());
    }

    private void value(SchemaCursor cursor) throws InvalidBodyException {
        if (tokens.atEnd()) {
            throw tokens.unexpected("a value");
        }
        valueCount++;
        if (valueCount > limits.maxValues()) {
            throw tokens.limitExceeded(tokens.at(), "too many values (expected: up to " + limits.maxValues() + ")");
        }
        switch (tokens.peek()) {
            case '{' -> {
                enter(true, cursor);
                names.enterObject();
            }
            case '[' -> enter(false, cursor);
            case '"' -> string(cursor);
            case 't' -> tokens.literal("true");
            case 'f' -> tokens.literal("false");
            case 'n' -> tokens.literal("null");
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> tokens.number();
            default -> throw tokens.unexpected("a value");
        }
    }

    private void enter(boolean object, SchemaCursor cursor) throws InvalidBodyException {
        if (depth == limits.maxDepth()) {
            throw tokens.limitExceeded(tokens.at(), "nested too deeply (expected: up to " + limits.maxDepth() + ")");
        }
        depth++;
        if (depth == isObject.length) {
            isObject = Arrays.copyOf(isObject, depth * 2);
            isFirst = Arrays.copyOf(isFirst, depth * 2);
            cursors = Arrays.copyOf(cursors, depth * 2);
        }
        isObject[depth] = object;
        isFirst[depth] = true;
        cursors[depth] = cursor;
        tokens.skip();
    }

    private void leave() {
        if (depth == memberChangeDepth) {
            memberChangeDepth = NOT_INSIDE;
        }
        depth--;
        tokens.skip();
    }

    private void string(SchemaCursor cursor) throws InvalidBodyException {
        int open = tokens.at();
        boolean escaped = tokens.string();
        int close = tokens.at() - 1;
        if (cursor.isServiceUrl()) {
            String value = escaped
                    ? new String(JsonEscapes.unescape(json, open + 1, close), StandardCharsets.UTF_8)
                    : new String(json, open + 1, close - open - 1, StandardCharsets.UTF_8);
            serviceUrls.add(new JsonStrings.Span(open - start, close + 1 - start, value));
        }
    }
}
