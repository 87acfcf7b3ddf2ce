package dev.botgate.normalize.form;

import dev.botgate.normalize.json.ByteBuilder;
import dev.botgate.normalize.json.ByteRange;
import dev.botgate.normalize.json.InvalidBodyException;
import dev.botgate.normalize.json.JsonChecker;
import dev.botgate.normalize.json.JsonTree;
import dev.botgate.normalize.json.JsonTreeWriter;
import dev.botgate.normalize.json.ScalarParser;
import dev.botgate.schema.ModelProperty;
import dev.botgate.schema.PropertyType;
import dev.botgate.schema.Schema;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Builds the tree of a form. The parts of a field's name, and the schema, say where its value belongs. */
final class FormTreeBuilder {
    private static final PropertyType ANYTHING = new PropertyType.Anything();

    private final Schema schema;
    private final FormLimits limits;
    private final PropertyType rootType;
    private final JsonTree tree;
    private final int root;
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

    /** @param texts the buffer for the texts of the fields */
    FormTreeBuilder(Schema schema, FormLimits limits, PropertyType rootType, ByteBuilder texts) {
        this.schema = schema;
        this.limits = limits;
        this.rootType = rootType;
        this.tree = new JsonTree(texts);
        this.root = tree.create(JsonTree.Kind.OBJECT);
    }

    /** The buffer to which a field's text is appended before {@link #put}. */
    ByteBuilder texts() {
        return tree.texts();
    }

    Buffer toJson() {
        return JsonTreeWriter.write(tree, root);
    }

    /** Makes the text from {@code textStart} to the end of {@link #texts} the value at {@code parts}. */
    void put(List<String> parts, int textStart) throws InvalidFieldException {
        int depth = parts.size();
        if (depth > limits.maxDepth()) {
            throw new InvalidFieldException("nests too deeply (expected: up to " + limits.maxDepth() + ")", true);
        }
        boolean append = parts.get(depth - 1).equals(FieldName.APPEND);
        int value = root;
        PropertyType type = rootType;
        for (String part : append ? parts.subList(0, depth - 1) : parts) {
            Step step = descend(value, type, part);
            value = step.value();
            type = step.type();
        }
        if (append) {
            addToArray(value, type, textStart, depth);
        } else {
            set(value, type, textStart, depth);
        }
    }

    private record Step(int value, PropertyType type) {}

    private Step descend(int value, PropertyType type, String part) throws InvalidFieldException {
        if (part.isEmpty()) {
            throw new InvalidFieldException("has [] before its last part (expected: an index)", false);
        }
        if (type instanceof PropertyType.Reference reference) {
            requireKind(value, JsonTree.Kind.OBJECT);
            Optional<ModelProperty> listed = schema.model(reference).propertyIgnoringCase(part);
            return new Step(
                    child(value, listed.map(ModelProperty::name).orElse(part)),
                    listed.map(ModelProperty::type).orElse(ANYTHING));
        }
        if (type instanceof PropertyType.MapOf map) {
            requireKind(value, JsonTree.Kind.OBJECT);
            return new Step(child(value, part), map.value());
        }
        if (type instanceof PropertyType.ListOf list) {
            int index = JsonTree.arrayIndex(part);
            if (index < 0 || index >= limits.maxValues()) {
                throw new InvalidFieldException(
                        "has an invalid array index (expected: an index below " + limits.maxValues() + ")", false);
            }
            requireKind(value, JsonTree.Kind.INDEXED_ARRAY);
            return new Step(child(value, part), list.item());
        }
        if (type instanceof PropertyType.Scalar) {
            throw new InvalidFieldException("has parts, but is a single value (expected: no parts)", false);
        }
        requireKind(value, JsonTree.Kind.OBJECT_OR_ARRAY);
        return new Step(child(value, part), ANYTHING);
    }

    private void requireKind(int value, JsonTree.Kind kind) throws InvalidFieldException {
        if (tree.kind(value) == JsonTree.Kind.UNDETERMINED) {
            tree.set(value, kind);
        } else if (tree.kind(value) != kind) {
            throw contradiction();
        }
    }

    private int child(int parent, String name) throws InvalidFieldException {
        int known = tree.nameId(name);
        if (tree.nameCount() > limits.maxFields()) {
            throw new InvalidFieldException(
                    "has one different name too many (expected: up to " + limits.maxFields() + ")", true);
        }
        int child = tree.findChild(parent, known);
        if (child == JsonTree.NONE) {
            child = createValue();
            tree.append(parent, known, child);
        }
        return child;
    }

    private int createValue() throws InvalidFieldException {
        countValues(1);
        return tree.create(JsonTree.Kind.UNDETERMINED);
    }

    private void countValues(int more) throws InvalidFieldException {
        valueCount += more;
        if (valueCount > limits.maxValues()) {
            throw new InvalidFieldException("has too many values (expected: up to " + limits.maxValues() + ")", true);
        }
    }

    private void set(int value, PropertyType type, int textStart, int depth) throws InvalidFieldException {
        if (type instanceof PropertyType.ListOf) {
            addToArray(value, type, textStart, depth);
            return;
        }
        boolean isSetAlready = tree.kind(value) != JsonTree.Kind.UNDETERMINED;
        if (type instanceof PropertyType.Anything && isSetAlready) {
            addToImplicitArray(value, textStart, depth);
            return;
        }
        if (isSetAlready) {
            throw contradiction();
        }
        setText(value, type, textStart, depth);
    }

    private void addToImplicitArray(int value, int textStart, int depth) throws InvalidFieldException {
        switch (tree.kind(value)) {
            case TEXT, LITERAL, NULL -> tree.wrapInArray(value);
            case IMPLICIT_ARRAY, UNWRAPPED_ARRAY -> {}
            default -> throw contradiction();
        }
        int another = createValue();
        setText(another, ANYTHING, textStart, depth);
        tree.append(value, another);
    }

    private void addToArray(int value, PropertyType type, int textStart, int depth) throws InvalidFieldException {
        PropertyType item;
        if (type instanceof PropertyType.ListOf list) {
            item = list.item();
        } else if (type instanceof PropertyType.Anything) {
            item = ANYTHING;
        } else {
            throw new InvalidFieldException("has [], but is not an array (expected: no [])", false);
        }
        requireKind(value, JsonTree.Kind.UNWRAPPED_ARRAY);
        int element = createValue();
        setText(element, item, textStart, depth);
        tree.append(value, element);
    }

    /** Gives an undetermined value the text from {@code textStart} on, converted to {@code type}. */
    private void setText(int value, PropertyType type, int textStart, int depth) throws InvalidFieldException {
        boolean empty = tree.texts().length() == textStart;
        if (type instanceof PropertyType.Anything) {
            setAnyValue(value, textStart, depth);
        } else if (type instanceof PropertyType.Scalar scalar) {
            setScalar(value, ScalarParser.of(scalar), textStart);
        } else if (empty) {
            tree.set(value, JsonTree.Kind.NULL);
        } else {
            throw new InvalidFieldException("has text, but is an object (expected: its parts, such as [id])", false);
        }
    }

    private void setScalar(int value, ScalarParser literal, int textStart) throws InvalidFieldException {
        if (literal == ScalarParser.TEXT) {
            tree.set(value, JsonTree.Kind.TEXT, textStart);
            return;
        }
        ByteBuilder texts = tree.texts();
        String text = texts.length() - textStart > ScalarParser.MAX_LENGTH
                ? "?"
                : texts.text(textStart, texts.length()).strip();
        texts.truncate(textStart);
        if (text.isEmpty()) {
            tree.set(value, JsonTree.Kind.NULL);
            return;
        }
        Optional<String> json = literal.toJson(text);
        if (json.isEmpty()) {
            throw new InvalidFieldException(literal.error("").strip(), false);
        }
        texts.append(json.get().getBytes(StandardCharsets.UTF_8));
        tree.set(value, JsonTree.Kind.LITERAL, textStart);
    }

    /** Sets a value of any shape: JSON where the text is a JSON object or array, otherwise text. */
    private void setAnyValue(int value, int textStart, int depth) throws InvalidFieldException {
        ByteBuilder texts = tree.texts();
        int first = textStart;
        while (first < texts.length() && texts.array()[first] <= ' ' && texts.array()[first] >= 0) {
            first++;
        }
        boolean json = first < texts.length() && (texts.array()[first] == '{' || texts.array()[first] == '[');
        tree.set(value, json && isJson(textStart, depth) ? JsonTree.Kind.LITERAL : JsonTree.Kind.TEXT, textStart);
    }

    private boolean isJson(int textStart, int depth) throws InvalidFieldException {
        ByteRange json = new ByteRange(texts().array(), textStart, texts().length());
        try {
            countValues(JsonChecker.countValues(json, limits.ofNestedJson(depth, valueCount)));
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
