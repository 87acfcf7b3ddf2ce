package dev.botgate.normalize.form;

import dev.botgate.normalize.json.ByteBuilder;
import dev.botgate.normalize.json.ByteRange;
import dev.botgate.normalize.json.InvalidBodyException;
import dev.botgate.normalize.json.JsonChecker;
import dev.botgate.normalize.json.JsonTree;
import dev.botgate.normalize.json.JsonTreeWriter;
import dev.botgate.normalize.json.ScalarParser;
import dev.botgate.schema.Property;
import dev.botgate.schema.Schema;
import dev.botgate.schema.Type;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** The tree of a form: each field finds its way by the parts of its name, and by the schema. */
final class FormTreeBuilder {
    private static final Type ANYTHING = new Type.Anything();

    private final Schema schema;
    private final FormLimits limits;
    private final Type rootType;
    private final JsonTree tree;
    private final int root;
    private int values;

    /** Why a field has no place. */
    static final class Conflict extends Exception {
        private static final long serialVersionUID = 1L;
        private final boolean limit;

        Conflict(String message, boolean limit) {
            super(message, null, false, false);
            this.limit = limit;
        }

        boolean isLimit() {
            return limit;
        }
    }

    /** @param texts where the fields' texts go */
    FormTreeBuilder(Schema schema, FormLimits limits, Type rootType, ByteBuilder texts) {
        this.schema = schema;
        this.limits = limits;
        this.rootType = rootType;
        this.tree = new JsonTree(texts);
        this.root = tree.make(JsonTree.Kind.OBJECT);
    }

    /** Where a field's text goes, before {@link #put} gives it its place. */
    ByteBuilder texts() {
        return tree.texts();
    }

    Buffer toJson() {
        return JsonTreeWriter.write(tree, root);
    }

    /** Puts the text that stands in {@link #texts} from {@code textStart} to its end where {@code parts} lead. */
    void put(List<String> parts, int textStart) throws Conflict {
        int depth = parts.size();
        if (depth > limits.maxDepth()) {
            throw new Conflict("nests too deep (expected: up to " + limits.maxDepth() + ")", true);
        }
        boolean append = parts.get(depth - 1).equals(FieldName.NEXT);
        int value = root;
        Type type = rootType;
        for (String part : append ? parts.subList(0, depth - 1) : parts) {
            Step step = step(value, type, part);
            value = step.value();
            type = step.type();
        }
        if (append) {
            addToList(value, type, textStart, depth);
        } else {
            set(value, type, textStart, depth);
        }
    }

    private record Step(int value, Type type) {}

    private Step step(int value, Type type, String part) throws Conflict {
        if (part.isEmpty()) {
            throw new Conflict("has [] in the middle (expected: an index there)", false);
        }
        if (type instanceof Type.Reference reference) {
            mustBe(value, JsonTree.Kind.OBJECT);
            Optional<Property> listed = schema.model(reference).propertyIgnoringCase(part);
            return new Step(
                    child(value, listed.map(Property::name).orElse(part)),
                    listed.map(Property::type).orElse(ANYTHING));
        }
        if (type instanceof Type.MapOf map) {
            mustBe(value, JsonTree.Kind.OBJECT);
            return new Step(child(value, part), map.value());
        }
        if (type instanceof Type.ListOf list) {
            int index = JsonTree.arrayIndex(part);
            if (index < 0 || index >= limits.maxValues()) {
                throw new Conflict(
                        "names an element of an array (expected: an index below " + limits.maxValues() + ")", false);
            }
            mustBe(value, JsonTree.Kind.INDEXED);
            return new Step(child(value, part), list.item());
        }
        if (type instanceof Type.Scalar) {
            throw new Conflict("has parts, but stands for one value (expected: no part)", false);
        }
        mustBe(value, JsonTree.Kind.PARTS);
        return new Step(child(value, part), ANYTHING);
    }

    private void mustBe(int value, JsonTree.Kind kind) throws Conflict {
        if (tree.kind(value) == JsonTree.Kind.OPEN) {
            tree.become(value, kind);
        } else if (tree.kind(value) != kind) {
            throw contradiction();
        }
    }

    private int child(int parent, String name) throws Conflict {
        int known = tree.name(name);
        if (tree.names() > limits.maxFields()) {
            throw new Conflict("is one different name too many (expected: up to " + limits.maxFields() + ")", true);
        }
        int child = tree.find(parent, known);
        if (child == JsonTree.NONE) {
            child = make();
            tree.append(parent, known, child);
        }
        return child;
    }

    private int make() throws Conflict {
        countValues(1);
        return tree.make(JsonTree.Kind.OPEN);
    }

    private void countValues(int more) throws Conflict {
        values += more;
        if (values > limits.maxValues()) {
            throw new Conflict("is too much (expected: up to " + limits.maxValues() + " values)", true);
        }
    }

    private void set(int value, Type type, int textStart, int depth) throws Conflict {
        if (type instanceof Type.ListOf) {
            addToList(value, type, textStart, depth);
            return;
        }
        boolean again = tree.kind(value) != JsonTree.Kind.OPEN;
        if (type instanceof Type.Anything && again) {
            setAgain(value, textStart, depth);
            return;
        }
        if (again) {
            throw contradiction();
        }
        become(value, type, textStart, depth);
    }

    private void setAgain(int value, int textStart, int depth) throws Conflict {
        switch (tree.kind(value)) {
            case TEXT, LITERAL, NULL -> tree.repeat(value);
            case REPEATED, LIST -> {}
            default -> throw contradiction();
        }
        int another = make();
        become(another, ANYTHING, textStart, depth);
        tree.append(value, another);
    }

    private void addToList(int value, Type type, int textStart, int depth) throws Conflict {
        Type item;
        if (type instanceof Type.ListOf list) {
            item = list.item();
        } else if (type instanceof Type.Anything) {
            item = ANYTHING;
        } else {
            throw new Conflict("has [], but stands for no array (expected: no [])", false);
        }
        mustBe(value, JsonTree.Kind.LIST);
        int element = make();
        become(element, item, textStart, depth);
        tree.append(value, element);
    }

    /** Makes an open value what the text from {@code textStart} says. */
    private void become(int value, Type type, int textStart, int depth) throws Conflict {
        boolean empty = tree.texts().length() == textStart;
        if (type instanceof Type.Anything) {
            becomeAnything(value, textStart, depth);
        } else if (type instanceof Type.Scalar scalar) {
            becomeScalar(value, ScalarParser.of(scalar), textStart);
        } else if (empty) {
            tree.become(value, JsonTree.Kind.NULL);
        } else {
            throw new Conflict("holds text, but stands for an object (expected: its parts, such as [id])", false);
        }
    }

    private void becomeScalar(int value, ScalarParser literal, int textStart) throws Conflict {
        if (literal == ScalarParser.TEXT) {
            tree.become(value, JsonTree.Kind.TEXT, textStart);
            return;
        }
        ByteBuilder texts = tree.texts();
        String text = texts.length() - textStart > ScalarParser.MAXIMUM_LENGTH
                ? "?"
                : texts.text(textStart, texts.length()).strip();
        texts.truncate(textStart);
        if (text.isEmpty()) {
            tree.become(value, JsonTree.Kind.NULL);
            return;
        }
        Optional<String> json = literal.json(text);
        if (json.isEmpty()) {
            throw new Conflict(literal.refusal("").strip(), false);
        }
        texts.append(json.get().getBytes(StandardCharsets.UTF_8));
        tree.become(value, JsonTree.Kind.LITERAL, textStart);
    }

    /** Text; but JSON where it is an object or an array. */
    private void becomeAnything(int value, int textStart, int depth) throws Conflict {
        ByteBuilder texts = tree.texts();
        int first = textStart;
        while (first < texts.length() && texts.array()[first] <= ' ' && texts.array()[first] >= 0) {
            first++;
        }
        boolean json = first < texts.length() && (texts.array()[first] == '{' || texts.array()[first] == '[');
        tree.become(value, json && isJson(textStart, depth) ? JsonTree.Kind.LITERAL : JsonTree.Kind.TEXT, textStart);
    }

    private boolean isJson(int textStart, int depth) throws Conflict {
        ByteRange json = new ByteRange(texts().array(), textStart, texts().length());
        try {
            countValues(JsonChecker.countValues(json, limits.ofNestedJson(depth, values)));
            return true;
        } catch (InvalidBodyException e) {
            if (e.isLimit()) {
                throw new Conflict("holds JSON that is too deep, too long or too much", true);
            }
            return false;
        }
    }

    private static Conflict contradiction() {
        return new Conflict("contradicts a field before it (expected: one value, or its parts, once)", false);
    }
}
