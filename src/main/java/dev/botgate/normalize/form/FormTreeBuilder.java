package dev.botgate.normalize.form;

import dev.botgate.normalize.form.FormReader.FormLimits;
import dev.botgate.normalize.json.ByteRange;
import dev.botgate.normalize.json.InvalidBodyException;
import dev.botgate.normalize.json.JsonChecker;
import dev.botgate.normalize.json.JsonValue;
import dev.botgate.normalize.json.JsonWriter;
import dev.botgate.normalize.json.ScalarParser;
import dev.botgate.schema.Model;
import dev.botgate.schema.PropertyType;
import dev.botgate.schema.Schema;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Builds the tree of a form. The parts of a field's name, and the schema, say where its value belongs. */
final class FormTreeBuilder {
    private static final PropertyType ANYTHING = new PropertyType.Anything();

    private final Schema schema;
    private final FormLimits limits;
    private final PropertyType rootType;
    private final Set<String> names = new HashSet<>();
    private final JsonValue root = JsonValue.of(JsonValue.Kind.OBJECT);
    private int valueCount;

    /** A field does not fit the schema, the fields before it, or a limit. */
    static final class InvalidFieldException extends Exception {
        private static final long serialVersionUID = 1L;
        private final boolean limitExceeded;

        InvalidFieldException(String message, boolean limitExceeded) {
            super(message, null, false, false);
            this.limitExceeded = limitExceeded;
        }

        boolean isLimitExceeded() {
            return limitExceeded;
        }
    }

    FormTreeBuilder(Schema schema, FormLimits limits, PropertyType rootType) {
        this.schema = schema;
        this.limits = limits;
        this.rootType = rootType;
    }

    Buffer toJson() {
        return JsonWriter.write(root);
    }

    /** Makes {@code text} the value at {@code parts}. */
    void put(List<String> parts, String text) throws InvalidFieldException {
        int depth = parts.size();
        if (depth > limits.maxDepth()) {
            throw new InvalidFieldException("nests too deeply (expected: up to " + limits.maxDepth() + ")", true);
        }
        boolean append = parts.get(depth - 1).equals(FormParser.APPEND);
        JsonValue value = root;
        PropertyType type = rootType;
        for (String part : append ? parts.subList(0, depth - 1) : parts) {
            Step step = descend(value, type, part);
            value = step.value();
            type = step.type();
        }
        if (append) {
            addToArray(value, type, text, depth);
        } else {
            set(value, type, text, depth);
        }
    }

    private record Step(JsonValue value, PropertyType type) {}

    private Step descend(JsonValue value, PropertyType type, String part) throws InvalidFieldException {
        if (part.isEmpty()) {
            throw new InvalidFieldException("has [] before its last part (expected: an index)", false);
        }
        if (type instanceof PropertyType.Reference reference) {
            requireKind(value, JsonValue.Kind.OBJECT);
            Optional<Model.Property> listed = schema.model(reference).propertyIgnoringCase(part);
            return new Step(
                    child(value, listed.map(Model.Property::name).orElse(part)),
                    listed.map(Model.Property::type).orElse(ANYTHING));
        }
        if (type instanceof PropertyType.MapOf map) {
            requireKind(value, JsonValue.Kind.OBJECT);
            return new Step(child(value, part), map.value());
        }
        if (type instanceof PropertyType.ListOf list) {
            int index = JsonValue.arrayIndex(part);
            if (index < 0 || index >= limits.maxValues()) {
                throw new InvalidFieldException(
                        "has an invalid array index (expected: an index below " + limits.maxValues() + ")", false);
            }
            requireKind(value, JsonValue.Kind.INDEXED_ARRAY);
            return new Step(child(value, part), list.item());
        }
        if (type instanceof PropertyType.Scalar) {
            throw new InvalidFieldException("has parts, but is a single value (expected: no parts)", false);
        }
        requireKind(value, JsonValue.Kind.OBJECT_OR_ARRAY);
        return new Step(child(value, part), ANYTHING);
    }

    private void requireKind(JsonValue value, JsonValue.Kind kind) throws InvalidFieldException {
        if (value.kind() == JsonValue.Kind.UNDETERMINED) {
            value.set(kind);
        } else if (value.kind() != kind) {
            throw contradiction();
        }
    }

    private JsonValue child(JsonValue parent, String name) throws InvalidFieldException {
        if (names.add(name) && names.size() > limits.maxFields()) {
            throw new InvalidFieldException(
                    "has too many different names (expected: up to " + limits.maxFields() + ")", true);
        }
        JsonValue child = parent.member(name);
        if (child == null) {
            child = createValue();
            parent.put(name, child);
        }
        return child;
    }

    private JsonValue createValue() throws InvalidFieldException {
        countValues(1);
        return JsonValue.of(JsonValue.Kind.UNDETERMINED);
    }

    private void countValues(int more) throws InvalidFieldException {
        valueCount += more;
        if (valueCount > limits.maxValues()) {
            throw new InvalidFieldException("has too many values (expected: up to " + limits.maxValues() + ")", true);
        }
    }

    private void set(JsonValue value, PropertyType type, String text, int depth) throws InvalidFieldException {
        if (type instanceof PropertyType.ListOf) {
            addToArray(value, type, text, depth);
            return;
        }
        boolean isSetAlready = value.kind() != JsonValue.Kind.UNDETERMINED;
        if (type instanceof PropertyType.Anything && isSetAlready) {
            addToImplicitArray(value, text, depth);
            return;
        }
        if (isSetAlready) {
            throw contradiction();
        }
        setText(value, type, text, depth);
    }

    private void addToImplicitArray(JsonValue value, String text, int depth) throws InvalidFieldException {
        switch (value.kind()) {
            case TEXT, LITERAL, NULL -> value.wrapInArray();
            case IMPLICIT_ARRAY, UNWRAPPED_ARRAY -> {}
            default -> throw contradiction();
        }
        JsonValue another = createValue();
        setText(another, ANYTHING, text, depth);
        value.add(another);
    }

    private void addToArray(JsonValue value, PropertyType type, String text, int depth) throws InvalidFieldException {
        PropertyType item;
        if (type instanceof PropertyType.ListOf list) {
            item = list.item();
        } else if (type instanceof PropertyType.Anything) {
            item = ANYTHING;
        } else {
            throw new InvalidFieldException("has [], but is not an array (expected: no [])", false);
        }
        requireKind(value, JsonValue.Kind.UNWRAPPED_ARRAY);
        JsonValue element = createValue();
        setText(element, item, text, depth);
        value.add(element);
    }

    /** Gives an undetermined value {@code text}, converted to {@code type}. */
    private void setText(JsonValue value, PropertyType type, String text, int depth) throws InvalidFieldException {
        if (type instanceof PropertyType.Anything) {
            setAnyValue(value, text, depth);
        } else if (type instanceof PropertyType.Scalar scalar) {
            setScalar(value, ScalarParser.of(scalar), text);
        } else if (text.isEmpty()) {
            value.set(JsonValue.Kind.NULL);
        } else {
            throw new InvalidFieldException("has text, but is an object (expected: its parts, such as [id])", false);
        }
    }

    private void setScalar(JsonValue value, ScalarParser parser, String text) throws InvalidFieldException {
        if (parser == ScalarParser.TEXT) {
            value.set(JsonValue.Kind.TEXT, text);
            return;
        }
        String stripped = text.length() > ScalarParser.MAX_LENGTH ? "?" : text.strip();
        if (stripped.isEmpty()) {
            value.set(JsonValue.Kind.NULL);
            return;
        }
        Optional<String> json = parser.toJson(stripped);
        if (json.isEmpty()) {
            throw new InvalidFieldException(parser.error("").strip(), false);
        }
        value.set(JsonValue.Kind.LITERAL, json.get());
    }

    /** Sets a value of any shape: JSON where the text is a JSON object or array, otherwise text. */
    private void setAnyValue(JsonValue value, String text, int depth) throws InvalidFieldException {
        int first = 0;
        while (first < text.length() && text.charAt(first) <= ' ') {
            first++;
        }
        boolean json = text.startsWith("{", first) || text.startsWith("[", first);
        value.set(json && isJson(text, depth) ? JsonValue.Kind.LITERAL : JsonValue.Kind.TEXT, text);
    }

    private boolean isJson(String text, int depth) throws InvalidFieldException {
        byte[] json = text.getBytes(StandardCharsets.UTF_8);
        try {
            countValues(JsonChecker.countValues(
                    new ByteRange(json, 0, json.length), limits.ofNestedJson(depth, valueCount)));
            return true;
        } catch (InvalidBodyException e) {
            if (e.isLimitExceeded()) {
                throw new InvalidFieldException("contains JSON that exceeds a limit", true);
            }
            return false;
        }
    }

    private static InvalidFieldException contradiction() {
        return new InvalidFieldException(
                "contradicts an earlier field (expected: one value, or its parts, once)", false);
    }
}
