package dev.botgate.normalize.xml;

import dev.botgate.normalize.json.InvalidBodyException;
import dev.botgate.normalize.json.JsonTree;
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
    final JsonTree tree;
    private final @Nullable OpenElement parent;
    private final String label;
    private final int line;
    private final int column;
    private int textStart;
    private boolean hasChildren;

    private int name = JsonTree.NONE;
    private Repetition repetition = Repetition.FORBIDDEN;

    /**
     * @param label the property's name in the schema, for error messages; {@code *} for a name that the client chose,
     *     empty for an item
     */
    OpenElement(XmlTreeBuilder builder, @Nullable OpenElement parent, String label) {
        this.builder = builder;
        this.tree = builder.tree();
        this.parent = parent;
        this.label = label;
        this.line = builder.line();
        this.column = builder.column();
        this.textStart = tree.texts().length();
    }

    /** Opens the child element with that local name. */
    final OpenElement openChild(String local, DeclaredType declared) throws InvalidBodyException {
        beginChildren();
        return createChild(local, declared);
    }

    abstract OpenElement createChild(String local, DeclaredType declared) throws InvalidBodyException;

    /** Adds the value of a child element that has ended. */
    abstract void addChild(OpenElement child, int value) throws InvalidBodyException;

    /**
     * Ends the element.
     *
     * @return the value that it has become
     */
    abstract int close() throws InvalidBodyException;

    /** Sets the name of this element in the parent's object. */
    final OpenElement named(String nameInJson, Repetition whereRepeated) throws InvalidBodyException {
        name = builder.nameId(this, nameInJson);
        repetition = whereRepeated;
        return this;
    }

    /** Puts {@code child}, whose value is {@code value}, into {@code object}. */
    final void putMember(int object, OpenElement child, int value) throws InvalidBodyException {
        int existing = tree.findChild(object, child.name);
        switch (child.repetition) {
            case FORBIDDEN -> {
                if (existing != JsonTree.NONE) {
                    throw child.invalid("occurs twice (expected: once)");
                }
                tree.append(object, child.name, value);
            }
            case ARRAY -> putInArray(object, existing, child, value);
            case IMPLICIT_ARRAY -> {
                if (existing == JsonTree.NONE) {
                    tree.append(object, child.name, value);
                } else {
                    if (tree.kind(existing) != JsonTree.Kind.IMPLICIT_ARRAY) {
                        tree.wrapInArray(existing);
                    }
                    tree.append(existing, value);
                }
            }
        }
    }

    private void putInArray(int object, int existing, OpenElement child, int value) throws InvalidBodyException {
        if (existing == JsonTree.NONE) {
            int list = tree.create(JsonTree.Kind.UNWRAPPED_ARRAY);
            tree.append(object, child.name, list);
            tree.append(list, value);
        } else if (isWrappedArray(value) || isWrappedArray(tree.firstChild(existing))) {
            throw child.invalid("occurs twice (expected: one array)");
        } else {
            tree.append(existing, value);
        }
    }

    private boolean isWrappedArray(int value) {
        return tree.kind(value) == JsonTree.Kind.ARRAY;
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
            builder.appendText(this, chars, start, length);
            checkLength(tree.texts().length() - textStart);
            if (tree.texts().length() - textStart > builder.limits().maxTextBytes()) {
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
            discardText();
            hasChildren = true;
        }
    }

    final boolean isRoot() {
        return parent == null;
    }

    final boolean hasChildren() {
        return hasChildren;
    }

    final int textStart() {
        return textStart;
    }

    /** Makes the text of {@code other} that of this element. */
    final void takeTextFrom(OpenElement other) {
        textStart = other.textStart;
    }

    final boolean isEmpty() {
        return !hasChildren && tree.texts().length() == textStart;
    }

    /** Whether the text is white space only. Text beside child elements was checked when it was read. */
    final boolean isBlank() {
        if (hasChildren) {
            return true;
        }
        byte[] texts = tree.texts().array();
        for (int i = textStart; i < tree.texts().length(); i++) {
            if (!isSpace((char) texts[i])) {
                return false;
            }
        }
        return true;
    }

    /** Returns the text and removes it from the tree. */
    final String removeText() {
        String text = tree.texts().text(textStart, tree.texts().length());
        discardText();
        return text;
    }

    final void discardText() {
        tree.texts().truncate(textStart);
    }

    final InvalidBodyException invalid(String reason) {
        return InvalidBodyException.malformed(line, column, path() + " " + reason);
    }

    final InvalidBodyException invalid(ScalarParser literal) {
        return InvalidBodyException.malformed(line, column, literal.error(path()));
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
