package dev.botgate.normalize.xml;

import dev.botgate.normalize.json.InvalidBodyException;
import dev.botgate.normalize.json.JsonTree;
import dev.botgate.normalize.json.ScalarParser;
import org.jspecify.annotations.Nullable;

/** An XML element that is open: what it may hold, and what it becomes. One subclass for each type of the schema. */
abstract class OpenElement {

    /** What happens where a parent has a child of that name already. */
    enum Repetition {
        /** It is refused. */
        FORBIDDEN,
        /** The schema says that there is an array; so there is, of one too. */
        ARRAY,
        /** Nothing is known; two or more are an array. */
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
     * @param label the name of the schema's property, which errors may tell; {@code *} for what the client named itself,
     *     and empty for items
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

    /** Opens the element inside this one that is called {@code local}. */
    final OpenElement openChild(String local, DeclaredType declared) throws InvalidBodyException {
        beginChildren();
        return createChild(local, declared);
    }

    abstract OpenElement createChild(String local, DeclaredType declared) throws InvalidBodyException;

    /** Takes in what an element inside this one has become. */
    abstract void addChild(OpenElement child, int value) throws InvalidBodyException;

    /** The value that this element has become, now that it closes. */
    abstract int close() throws InvalidBodyException;

    /** Gives this element its place in the parent. */
    final OpenElement named(String nameInJson, Repetition whereRepeated) throws InvalidBodyException {
        name = builder.nameId(this, nameInJson);
        repetition = whereRepeated;
        return this;
    }

    /** Puts {@code createChild}, which has become {@code value}, into the object {@code object}. */
    final void putMember(int object, OpenElement child, int value) throws InvalidBodyException {
        int existing = tree.findChild(object, child.name);
        switch (child.repetition) {
            case FORBIDDEN -> {
                if (existing != JsonTree.NONE) {
                    throw child.invalid("is given twice (expected: once)");
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
            throw child.invalid("is given twice (expected: one array)");
        } else {
            tree.append(existing, value);
        }
    }

    private boolean isWrappedArray(int value) {
        return tree.kind(value) == JsonTree.Kind.ARRAY;
    }

    /** Takes a piece of text. */
    final void appendText(char[] chars, int start, int length) throws InvalidBodyException {
        if (hasChildren || !mayContainText()) {
            for (int i = start; i < start + length; i++) {
                if (!isSpace(chars[i])) {
                    throw invalid(
                            hasChildren
                                    ? "has text between its elements (expected: only one of both)"
                                    : "holds text (expected: elements)");
                }
            }
        } else {
            builder.appendText(this, chars, start, length);
            checkLength(tree.texts().length() - textStart);
            if (tree.texts().length() - textStart > builder.limits().maxTextBytes()) {
                throw InvalidBodyException.limitExceeded(
                        line,
                        column,
                        path() + " has too long a text (expected: up to "
                                + builder.limits().maxTextBytes() + " bytes)");
            }
        }
    }

    /** Whether text can be its value; else spaces are passed over, and nothing is kept. */
    boolean mayContainText() {
        return true;
    }

    /** Refuses text of which so many bytes have come, where that is too long for what it should be. */
    void checkLength(int bytes) throws InvalidBodyException {}

    private void beginChildren() throws InvalidBodyException {
        if (!hasChildren) {
            if (!isBlank()) {
                throw invalid("has text between its elements (expected: only one of both)");
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

    /** Makes this element's text that of {@code other}. */
    final void takeTextFrom(OpenElement other) {
        textStart = other.textStart;
    }

    final boolean isEmpty() {
        return !hasChildren && tree.texts().length() == textStart;
    }

    /** Whether there is no text but spaces; text beside elements was found to be spaces when it came. */
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

    /** The text, of which nothing is kept. */
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

    /** Where this element stands, in names of the schema; the root itself is left out before them. */
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
