package dev.botgate.normalize;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The open elements of scalars, of times, and of nothing. */
final class XmlLeaves {
    private XmlLeaves() {}

    /** An element without parts. */
    private abstract static class Leaf extends XmlElement {
        Leaf(XmlWalk walk, @Nullable XmlElement parent, String label) {
            super(walk, parent, label);
        }

        @Override
        XmlElement child(String local, DeclaredType declared) throws RefusedBody {
            throw refused("holds elements (expected: " + holds() + ")");
        }

        @Override
        void adopt(XmlElement child, int value) {
            throw new IllegalStateException("a leaf has no children");
        }

        String holds() {
            return "text";
        }
    }

    /** Text, a number or a truth value. */
    static final class Scalar extends Leaf {
        private final Literal literal;
        private final boolean emptyIsNull;

        Scalar(XmlWalk walk, @Nullable XmlElement parent, String label, Literal literal, boolean emptyIsNull) {
            super(walk, parent, label);
            this.literal = literal;
            this.emptyIsNull = emptyIsNull;
        }

        @Override
        void checkLength(int bytes) throws RefusedBody {
            if (literal != Literal.TEXT && bytes > Literal.MAXIMUM_LENGTH) {
                throw refused(literal);
            }
        }

        @Override
        int close() throws RefusedBody {
            if (isEmpty() && emptyIsNull) {
                return tree.make(Tree.Kind.NULL);
            }
            if (literal == Literal.TEXT) {
                return tree.makeText(Tree.Kind.TEXT, textStart());
            }
            checkLength(tree.texts().length() - textStart());
            Optional<String> json = literal.json(takenText().strip());
            return tree.makeLiteral(json.orElseThrow(() -> refused(literal)));
        }
    }

    /** A time: text, or the pair that .NET writes of a {@code DateTimeOffset}. */
    static final class Time extends XmlElement {
        private @Nullable String dateTime;
        private @Nullable String offsetMinutes;
        private final boolean emptyIsNull;

        Time(XmlWalk walk, @Nullable XmlElement parent, String label, boolean emptyIsNull) {
            super(walk, parent, label);
            this.emptyIsNull = emptyIsNull;
        }

        @Override
        XmlElement child(String local, DeclaredType declared) throws RefusedBody {
            return switch (local) {
                case "DateTime", "OffsetMinutes" -> new Captured(walk, this, local);
                default -> throw refused("holds elements (expected: text, or DateTime and OffsetMinutes)");
            };
        }

        @Override
        void adopt(XmlElement child, int value) throws RefusedBody {
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
        int close() throws RefusedBody {
            if (!hasParts()) {
                boolean nothing = isEmpty() && emptyIsNull;
                return nothing ? tree.make(Tree.Kind.NULL) : tree.makeText(Tree.Kind.TEXT, textStart());
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

        Captured(XmlWalk walk, XmlElement parent, String local) {
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
            return Tree.NONE;
        }
    }

    /** An element that says of itself that it is null. */
    static final class Nil extends Leaf {
        Nil(XmlWalk walk, @Nullable XmlElement parent, String label) {
            super(walk, parent, label);
        }

        @Override
        String holds() {
            return "nothing, since it says nil";
        }

        @Override
        int close() throws RefusedBody {
            if (!isBlank()) {
                throw refused("holds text (expected: " + holds() + ")");
            }
            dropText();
            return tree.make(Tree.Kind.NULL);
        }
    }
}
