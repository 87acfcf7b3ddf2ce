package dev.botgate.normalize.json;

import dev.botgate.exchange.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One pass over a JSON document, strictly as RFC 8259 has it, that finds the service URLs on its way, and whether members
 * are named who have come or gone.
 *
 * <p>What the grammar allows is accepted: any number, escapes of lone surrogates, a byte order mark ahead. A name that
 * comes twice in one object is refused, since then it is open what the connector would understand. Keeps nothing but
 * the names of the objects that are open; nesting costs no stack.
 */
final class JsonScanner {
    /** More than a name that leads to a service URL can take, each letter an escape of six bytes. */
    private static final int LONGEST_LISTED_NAME = 600;

    private static final byte[] MEMBERS_ADDED = "membersAdded".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] MEMBERS_REMOVED = "membersRemoved".getBytes(StandardCharsets.US_ASCII);
    private static final int NOWHERE = -1;

    private final byte[] json;
    private final int start;
    private final JsonTokenizer tokens;
    private final JsonLimits limits;
    private final DuplicateNameDetector names;
    private final ByteBuilder name = new ByteBuilder(0);
    private final List<JsonText> serviceUrls = new ArrayList<>(2);

    private int nodes;
    private int depth;
    private boolean changedMembers;
    private int changedMembersDepth = NOWHERE;
    private boolean namesMembers;
    private boolean[] objects = new boolean[16];
    private boolean[] fresh = new boolean[16];
    private SchemaCursor[] places = new SchemaCursor[16];

    JsonScanner(byte[] json, int start, int end, JsonLimits limits) {
        this.json = json;
        this.start = start;
        this.tokens = new JsonTokenizer(json, start, end, limits.maxTextBytes());
        this.limits = limits;
        this.names = new DuplicateNameDetector(json);
    }

    /** Checks the document, whose root is at {@code root}; its service URLs are counted from the start. */
    JsonCheckResult scan(SchemaCursor root) throws InvalidBodyException {
        tokens.skipWhitespace();
        if (tokens.atEnd()) {
            throw tokens.malformed(tokens.at(), "there is no value (expected: a JSON value)");
        }
        value(root);
        while (depth > 0) {
            tokens.skipWhitespace();
            if (objects[depth]) {
                member();
            } else {
                element();
            }
        }
        tokens.skipWhitespace();
        if (!tokens.atEnd()) {
            throw tokens.malformed(tokens.at(), "something follows the value (expected: the end)");
        }
        return new JsonCheckResult(serviceUrls, namesMembers);
    }

    /** How many values there were. */
    int nodes() {
        return nodes;
    }

    private void member() throws InvalidBodyException {
        if (tokens.is('}')) {
            names.close();
            leave();
            return;
        }
        if (!fresh[depth]) {
            tokens.expect(',', "a comma or }");
            tokens.skipWhitespace();
        }
        fresh[depth] = false;
        if (!tokens.is('"')) {
            throw tokens.unexpected("a name in double quotes");
        }
        SchemaCursor place = name();
        tokens.skipWhitespace();
        tokens.expect(':', "a colon");
        tokens.skipWhitespace();
        boolean members = changedMembers && tokens.is('[');
        value(place);
        if (members) {
            changedMembersDepth = depth;
        }
    }

    private SchemaCursor name() throws InvalidBodyException {
        int open = tokens.at();
        boolean escaped = tokens.string();
        if (names.size() == limits.maxOpenNames()) {
            throw tokens.limit(
                    open,
                    "too many names (expected: up to " + limits.maxOpenNames() + " in the objects that are open)");
        }
        int from = open + 1;
        int to = tokens.at() - 1;
        if (!names.add(from, to, escaped)) {
            throw tokens.malformed(open, "the object has this name already (expected: each name once)");
        }
        SchemaCursor here = places[depth];
        if (!escaped) {
            changedMembers = isMemberChange(json, from, to);
            return here.member(json, from, to);
        }
        if (to - from > LONGEST_LISTED_NAME) {
            changedMembers = false;
            return SchemaCursor.NONE;
        }
        name.truncate(0);
        JsonEscapes.resolve(json, from, to, name);
        changedMembers = isMemberChange(name.array(), 0, name.length());
        return here.member(name.array(), 0, name.length());
    }

    private static boolean isMemberChange(byte[] source, int start, int end) {
        return SchemaCursor.equalsIgnoringCase(MEMBERS_ADDED, source, start, end)
                || SchemaCursor.equalsIgnoringCase(MEMBERS_REMOVED, source, start, end);
    }

    private void element() throws InvalidBodyException {
        if (tokens.is(']')) {
            leave();
            return;
        }
        if (!fresh[depth]) {
            tokens.expect(',', "a comma or ]");
            tokens.skipWhitespace();
        }
        fresh[depth] = false;
        namesMembers |= depth == changedMembersDepth;
        value(places[depth].element());
    }

    private void value(SchemaCursor place) throws InvalidBodyException {
        if (tokens.atEnd()) {
            throw tokens.unexpected("a value");
        }
        nodes++;
        if (nodes > limits.maxValues()) {
            throw tokens.limit(tokens.at(), "too many values (expected: up to " + limits.maxValues() + ")");
        }
        switch (tokens.peek()) {
            case '{' -> {
                enter(true, place);
                names.open();
            }
            case '[' -> enter(false, place);
            case '"' -> text(place);
            case 't' -> tokens.literal("true");
            case 'f' -> tokens.literal("false");
            case 'n' -> tokens.literal("null");
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> tokens.number();
            default -> throw tokens.unexpected("a value");
        }
    }

    private void enter(boolean object, SchemaCursor place) throws InvalidBodyException {
        if (depth == limits.maxDepth()) {
            throw tokens.limit(tokens.at(), "nested too deep (expected: up to " + limits.maxDepth() + ")");
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
        tokens.skip();
    }

    private void leave() {
        if (depth == changedMembersDepth) {
            changedMembersDepth = NOWHERE;
        }
        depth--;
        tokens.skip();
    }

    private void text(SchemaCursor place) throws InvalidBodyException {
        int open = tokens.at();
        boolean escaped = tokens.string();
        if (place.isServiceUrl()) {
            ByteBuilder value = new ByteBuilder(tokens.at() - open);
            if (escaped) {
                JsonEscapes.resolve(json, open + 1, tokens.at() - 1, value);
            } else {
                value.append(json, open + 1, tokens.at() - 1);
            }
            serviceUrls.add(new JsonText(open - start, tokens.at() - start, value.text(0, value.length())));
        }
    }
}
