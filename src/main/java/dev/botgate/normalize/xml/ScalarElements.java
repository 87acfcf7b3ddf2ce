package dev.botgate.normalize.xml;

import dev.botgate.normalize.json.InvalidBodyException;
import dev.botgate.normalize.json.JsonValue;
import dev.botgate.normalize.json.ScalarParser;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Open elements without child elements: scalars, times and null. */
final class ScalarElements {
    private ScalarElements() {}

    /** An element that has no child elements. */
    private abstract static class LeafElement extends OpenElement {
        LeafElement(XmlTreeBuilder builder, @Nullable OpenElement parent, String label) {
            super(builder, parent, label);
        }

        @Override
        OpenElement createChild(String local, DeclaredType declared) throws InvalidBodyException {
            throw invalid("contains elements (expected: " + expectedContent() + ")");
        }

        @Override
        void addChild(OpenElement child, JsonValue value) {
            throw new IllegalStateException("a leaf has no children");
        }

        String expectedContent() {
            return "text";
        }
    }

    /** Text, a number or a boolean. */
    static final class ScalarElement extends LeafElement {
        private final ScalarParser parser;
        private final boolean emptyIsNull;

        ScalarElement(
                XmlTreeBuilder builder,
                @Nullable OpenElement parent,
                String label,
                ScalarParser parser,
                boolean emptyIsNull) {
            super(builder, parent, label);
            this.parser = parser;
            this.emptyIsNull = emptyIsNull;
        }

        @Override
        void checkLength(int bytes) throws InvalidBodyException {
            if (parser != ScalarParser.TEXT && bytes > ScalarParser.MAX_LENGTH) {
                throw invalid(parser);
            }
        }

        @Override
        JsonValue close() throws InvalidBodyException {
            if (isEmpty() && emptyIsNull) {
                return JsonValue.of(JsonValue.Kind.NULL);
            }
            if (parser == ScalarParser.TEXT) {
                return JsonValue.of(JsonValue.Kind.TEXT, text());
            }
            Optional<String> json = parser.toJson(text().strip());
            return JsonValue.of(JsonValue.Kind.LITERAL, json.orElseThrow(() -> invalid(parser)));
        }
    }

    /** A time: text, or the two elements that .NET writes for a {@code DateTimeOffset}. */
    static final class TimeElement extends OpenElement {
        private @Nullable String dateTime;
        private @Nullable String offsetMinutes;
        private final boolean emptyIsNull;

        TimeElement(XmlTreeBuilder builder, @Nullable OpenElement parent, String label, boolean emptyIsNull) {
            super(builder, parent, label);
            this.emptyIsNull = emptyIsNull;
        }

        @Override
        OpenElement createChild(String local, DeclaredType declared) throws InvalidBodyException {
            return switch (local) {
                case "DateTime", "OffsetMinutes" -> new CapturedText(builder, this, local);
                default -> throw invalid("contains elements (expected: text, or DateTime and OffsetMinutes)");
            };
        }

        @Override
        void addChild(OpenElement child, JsonValue value) throws InvalidBodyException {
            if (child instanceof CapturedText captured) {
                boolean first;
                if (captured.local().equals("DateTime")) {
                    first = dateTime == null;
                    dateTime = captured.captured();
                } else {
                    first = offsetMinutes == null;
                    offsetMinutes = captured.captured();
                }
                if (!first) {
                    throw child.invalid("occurs twice (expected: once)");
                }
            }
        }

        @Override
        JsonValue close() throws InvalidBodyException {
            if (!hasChildren()) {
                boolean isNull = isEmpty() && emptyIsNull;
                return isNull ? JsonValue.of(JsonValue.Kind.NULL) : JsonValue.of(JsonValue.Kind.TEXT, text());
            }
            String time = dateTime == null || offsetMinutes == null
                    ? null
                    : DateTimeOffsets.combine(dateTime, offsetMinutes).orElse(null);
            if (time == null) {
                throw invalid("is not a valid time (expected: DateTime in UTC, and OffsetMinutes)");
            }
            return JsonValue.of(JsonValue.Kind.TEXT, time);
        }
    }

    /** A text that its parent reads; it is no value of its own. */
    static final class CapturedText extends LeafElement {
        private final String local;
        private String captured = "";

        CapturedText(XmlTreeBuilder builder, OpenElement parent, String local) {
            super(builder, parent, local);
            this.local = local;
        }

        String local() {
            return local;
        }

        String captured() {
            return captured;
        }

        @Override
        JsonValue close() {
            captured = text();
            return JsonValue.of(JsonValue.Kind.UNDETERMINED);
        }
    }

    /** An element declared to be null. */
    static final class NilElement extends LeafElement {
        NilElement(XmlTreeBuilder builder, @Nullable OpenElement parent, String label) {
            super(builder, parent, label);
        }

        @Override
        String expectedContent() {
            return "nothing, because of nil";
        }

        @Override
        JsonValue close() throws InvalidBodyException {
            if (!isBlank()) {
                throw invalid("contains text (expected: " + expectedContent() + ")");
            }
            return JsonValue.of(JsonValue.Kind.NULL);
        }
    }
}
