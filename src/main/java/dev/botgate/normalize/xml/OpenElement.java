package dev.botgate.normalize.xml;

import dev.botgate.normalize.json.InvalidBodyException;
import dev.botgate.normalize.json.JsonValue;
import dev.botgate.normalize.json.ScalarParser;
import org.jspecify.annotations.Nullable;

/**
 * An XML element whose end has not been read: what it may contain, and the value that it becomes. Each type of the
 * schema has a subclass.
 */
abstract class OpenElement {

    /** What happens when a parent already has a child of that name. */
    enum Repetition {
        /** The repeated element is refused. */
        FORBIDDEN,
        /** The schema says that the property is an array, so one element is an array too. */
        ARRAY,
        /** The schema says nothing: two or more elements become an array. */
        IMPLICIT_ARRAY
    }

    final XmlTreeBuilder builder;
    private final @Nullable OpenElement parent;
    private final String label;
    private final int line;
    private final int column;
    private boolean hasChildren;

    private String name = "";
    private Repetition repetition = Repetition.FORBIDDEN;

    /**
     * @param label the property's name in the schema, for error messages; {@code *} for a name that the client chose,
     *     empty for an item
     */
    OpenElement(XmlTreeBuilder builder, @Nullable OpenElement parent, String label) {
        this.builder = builder;
        this.parent = parent;
        this.label = label;
        this.line = builder.line();
        this.column = builder.column();
    }

    /** Opens the child element with that local name. */
    final OpenElement openChild(String local, DeclaredType declared) throws InvalidBodyException {
        beginChildren();
        return createChild(local, declared);
    }

    abstract OpenElement createChild(String local, DeclaredType declared) throws InvalidBodyException;

    /** Adds the value of a child element that has ended. */
    abstract void addChild(OpenElement child, JsonValue value) throws InvalidBodyException;

    /**
     * Ends the element.
     *
     * @return the value that it has become
     */
    abstract JsonValue close() throws InvalidBodyException;

    /** Sets the name of this element in the parent's object. */
    final OpenElement named(String nameInJson, Repetition whereRepeated) throws InvalidBodyException {
        builder.countName(this, nameInJson);
        name = nameInJson;
        repetition = whereRepeated;
        return this;
    }

    /** Puts {@code child}, whose value is {@code value}, into {@code object}. */
    final void putMember(JsonValue object, OpenElement child, JsonValue value) throws InvalidBodyException {
        JsonValue existing = object.member(child.name);
        switch (child.repetition) {
            case FORBIDDEN -> {
                if (existing != null) {
                    throw child.invalid("occurs twice (expected: once)");
                }
                object.put(child.name, value);
            }
            case ARRAY -> putInArray(object, existing, child, value);
            case IMPLICIT_ARRAY -> {
                if (existing == null) {
                    object.put(child.name, value);
                } else {
                    if (existing.kind() != JsonValue.Kind.IMPLICIT_ARRAY) {
                        existing.wrapInArray();
                    }
                    existing.add(value);
                }
            }
        }
    }

    private static void putInArray(JsonValue object, @Nullable JsonValue existing, OpenElement child, JsonValue value)
            throws InvalidBodyException {
        if (existing == null) {
            JsonValue list = JsonValue.of(JsonValue.Kind.UNWRAPPED_ARRAY);
            object.put(child.name, list);
            list.add(value);
        } else if (isWrappedArray(value) || isWrappedArray(existing.elements().get(0))) {
            throw child.invalid("occurs twice (expected: one array)");
        } else {
            existing.add(value);
        }
    }

    private static boolean isWrappedArray(JsonValue value) {
        return value.kind() == JsonValue.Kind.ARRAY;
    }

    /** Appends a piece of text. */
    final void appendText(char[] chars, int start, int length) throws InvalidBodyException {
        if (hasChildren || !mayContainText()) {
            for (int i = start; i < start + length; i++) {
                if (!isSpace(chars[i])) {
                    throw invalid(
                            hasChildren
                                    ? "has both text and elements (expected: one of them)"
                                    : "contains text (expected: elements)");
                }
            }
        } else {
            int bytes = builder.appendText(this, chars, start, length);
            checkLength(bytes);
            if (bytes > builder.limits().maxTextBytes()) {
                throw InvalidBodyException.limitExceeded(
                        line,
                        column,
                        path() + " is too long (expected: up to "
                                + builder.limits().maxTextBytes() + " bytes)");
            }
        }
    }

    /** Whether the value may be text. Otherwise white space is ignored. */
    boolean mayContainText() {
        return true;
    }

    /** Refuses a text of {@code bytes} so far where that is too long for the element's type. */
    void checkLength(int bytes) throws InvalidBodyException {}

    private void beginChildren() throws InvalidBodyException {
        if (!hasChildren) {
            if (!isBlank()) {
                throw invalid("has both text and elements (expected: one of them)");
            }
            builder.discardText();
            hasChildren = true;
        }
    }

    final boolean isRoot() {
        return parent == null;
    }

    final boolean hasChildren() {
        return hasChildren;
    }

    final boolean isEmpty() {
        return !hasChildren && builder.text().length() == 0;
    }

    /** Whether the text is white space only. Text beside child elements was checked when it was read. */
    final boolean isBlank() {
        if (hasChildren) {
            return true;
        }
        StringBuilder text = builder.text();
        for (int i = 0; i < text.length(); i++) {
            if (!isSpace(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    final String text() {
        return builder.text().toString();
    }

    final InvalidBodyException invalid(String reason) {
        return InvalidBodyException.malformed(line, column, path() + " " + reason);
    }

    final InvalidBodyException invalid(ScalarParser parser) {
        return InvalidBodyException.malformed(line, column, parser.error(path()));
    }

    /** The path to this element in names of the schema, without the root's name except for the root itself. */
    final String path() {
        if (parent == null) {
            return label;
        }
        if (label.isEmpty()) {
            return parent.path();
        }
        return parent.parent == null ? label : parent.path() + "." + label;
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }
}
