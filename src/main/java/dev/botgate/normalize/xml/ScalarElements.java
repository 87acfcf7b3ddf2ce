package dev.botgate.normalize.xml;

import dev.botgate.normalize.json.InvalidBodyException;
import dev.botgate.normalize.json.JsonTree;
import dev.botgate.normalize.json.ScalarParser;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The open elements of scalars, of times, and of nothing. */
final class ScalarElements {
    private ScalarElements() {}

    /** An element without parts. */
    private abstract static class Leaf extends OpenElement {
        Leaf(XmlTreeBuilder walk, @Nullable OpenElement parent, String label) {
            super(walk, parent, label);
        }

        @Override
        OpenElement child(String local, DeclaredType declared) throws InvalidBodyException {
            throw refused("holds elements (expected: " + holds() + ")");
        }

        @Override
        void adopt(OpenElement child, int value) {
            throw new IllegalStateException("a leaf has no children");
        }

        String holds() {
            return "text";
        }
    }

    /** Text, a number or a truth value. */
    static final class Scalar extends Leaf {
        private final ScalarParser literal;
        private final boolean emptyIsNull;

        Scalar(
                XmlTreeBuilder walk,
                @Nullable OpenElement parent,
                String label,
                ScalarParser literal,
                boolean emptyIsNull) {
            super(walk, parent, label);
            this.literal = literal;
            this.emptyIsNull = emptyIsNull;
        }

        @Override
        void checkLength(int bytes) throws InvalidBodyException {
            if (literal != ScalarParser.TEXT && bytes > ScalarParser.MAXIMUM_LENGTH) {
                throw refused(literal);
            }
        }

        @Override
        int close() throws InvalidBodyException {
            if (isEmpty() && emptyIsNull) {
                return tree.make(JsonTree.Kind.NULL);
            }
            if (literal == ScalarParser.TEXT) {
                return tree.makeText(JsonTree.Kind.TEXT, textStart());
            }
            checkLength(tree.texts().length() - textStart());
            Optional<String> json = literal.json(takenText().strip());
            return tree.makeLiteral(json.orElseThrow(() -> refused(literal)));
        }
    }

    /** A time: text, or the pair that .NET writes of a {@code DateTimeOffset}. */
    static final class Time extends OpenElement {
        private @Nullable String dateTime;
        private @Nullable String offsetMinutes;
        private final boolean emptyIsNull;

        Time(XmlTreeBuilder walk, @Nullable OpenElement parent, String label, boolean emptyIsNull) {
            super(walk, parent, label);
            this.emptyIsNull = emptyIsNull;
        }

        @Override
        OpenElement child(String local, DeclaredType declared) throws InvalidBodyException {
            return switch (local) {
                case "DateTime", "OffsetMinutes" -> new Captured(walk, this, local);
                default -> throw refused("holds elements (expected: text, or DateTime and OffsetMinutes)");
            };
        }

        @Override
        void adopt(OpenElement child, int value) throws InvalidBodyException {
            if (child instanceof Captured captured) {
                boolean first;
                if (captured.local().equals("DateTime")) {
                    first = dateTime == null;
                    dateTime = captured.text();
                } else {
                    first = offsetMinutes == null;
                    offsetMinutes = captured.text();
                }
                if (!first) {
                    throw child.refused("is given twice (expected: once)");
                }
            }
        }

        @Override
        int close() throws InvalidBodyException {
            if (!hasParts()) {
                boolean nothing = isEmpty() && emptyIsNull;
                return nothing ? tree.make(JsonTree.Kind.NULL) : tree.makeText(JsonTree.Kind.TEXT, textStart());
            }
            String time = dateTime == null || offsetMinutes == null
                    ? null
                    : DateTimeOffsets.join(dateTime, offsetMinutes).orElse(null);
            if (time == null) {
                throw refused("is no time (expected: DateTime in UTC, and OffsetMinutes)");
            }
            return tree.makeLiteral("\"" + time + "\"");
        }
    }

    /** Text for the parent's use, which is no value of its own. */
    static final class Captured extends Leaf {
        private final String local;
        private String text = "";

        Captured(XmlTreeBuilder walk, OpenElement parent, String local) {
            super(walk, parent, local);
            this.local = local;
        }

        String local() {
            return local;
        }

        String text() {
            return text;
        }

        @Override
        int close() {
            text = takenText();
            return JsonTree.NONE;
        }
    }

    /** An element that says of itself that it is null. */
    static final class Nil extends Leaf {
        Nil(XmlTreeBuilder walk, @Nullable OpenElement parent, String label) {
            super(walk, parent, label);
        }

        @Override
        String holds() {
            return "nothing, since it says nil";
        }

        @Override
        int close() throws InvalidBodyException {
            if (!isBlank()) {
                throw refused("holds text (expected: " + holds() + ")");
            }
            dropText();
            return tree.make(JsonTree.Kind.NULL);
        }
    }
}
