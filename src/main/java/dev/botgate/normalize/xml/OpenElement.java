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
        REFUSED,
        /** The schema says that there is an array; so there is, of one too. */
        LIST,
        /** Nothing is known; two or more are an array. */
        FREE
    }

    final XmlTreeBuilder walk;
    final JsonTree tree;
    private final @Nullable OpenElement parent;
    private final String label;
    private final int line;
    private final int column;
    private int textStart;
    private boolean hasParts;

    private int name = JsonTree.NONE;
    private Repetition repetition = Repetition.REFUSED;

    /**
     * @param label the name of the schema's property, which errors may tell; {@code *} for what the client named itself,
     *     and empty for items
     */
    OpenElement(XmlTreeBuilder walk, @Nullable OpenElement parent, String label) {
        this.walk = walk;
        this.tree = walk.tree();
        this.parent = parent;
        this.label = label;
        this.line = walk.line();
        this.column = walk.column();
        this.textStart = tree.texts().length();
    }

    /** Opens the element inside this one that is called {@code local}. */
    final OpenElement open(String local, DeclaredType declared) throws InvalidBodyException {
        beginParts();
        return child(local, declared);
    }

    abstract OpenElement child(String local, DeclaredType declared) throws InvalidBodyException;

    /** Takes in what an element inside this one has become. */
    abstract void adopt(OpenElement child, int value) throws InvalidBodyException;

    /** The value that this element has become, now that it closes. */
    abstract int close() throws InvalidBodyException;

    /** Gives this element its place in the parent. */
    final OpenElement called(String nameInJson, Repetition whereRepeated) throws InvalidBodyException {
        name = walk.name(this, nameInJson);
        repetition = whereRepeated;
        return this;
    }

    /** Puts {@code child}, which has become {@code value}, into the object {@code object}. */
    final void put(int object, OpenElement child, int value) throws InvalidBodyException {
        int before = tree.find(object, child.name);
        switch (child.repetition) {
            case REFUSED -> {
                if (before != JsonTree.NONE) {
                    throw child.refused("is given twice (expected: once)");
                }
                tree.append(object, child.name, value);
            }
            case LIST -> putInList(object, before, child, value);
            case FREE -> {
                if (before == JsonTree.NONE) {
                    tree.append(object, child.name, value);
                } else {
                    if (tree.kind(before) != JsonTree.Kind.REPEATED) {
                        tree.repeat(before);
                    }
                    tree.append(before, value);
                }
            }
        }
    }

    private void putInList(int object, int before, OpenElement child, int value) throws InvalidBodyException {
        if (before == JsonTree.NONE) {
            int list = tree.make(JsonTree.Kind.LIST);
            tree.append(object, child.name, list);
            tree.append(list, value);
        } else if (isWrapped(value) || isWrapped(tree.first(before))) {
            throw child.refused("is given twice (expected: one array)");
        } else {
            tree.append(before, value);
        }
    }

    private boolean isWrapped(int value) {
        return tree.kind(value) == JsonTree.Kind.ARRAY;
    }

    /** Takes a piece of text. */
    final void text(char[] chars, int start, int length) throws InvalidBodyException {
        if (hasParts || !mayHoldText()) {
            for (int i = start; i < start + length; i++) {
                if (!isSpace(chars[i])) {
                    throw refused(
                            hasParts
                                    ? "has text between its elements (expected: only one of both)"
                                    : "holds text (expected: elements)");
                }
            }
        } else {
            walk.append(this, chars, start, length);
            checkLength(tree.texts().length() - textStart);
            if (tree.texts().length() - textStart > walk.limits().maxTextBytes()) {
                throw InvalidBodyException.limit(
                        line,
                        column,
                        path() + " has too long a text (expected: up to "
                                + walk.limits().maxTextBytes() + " bytes)");
            }
        }
    }

    /** Whether text can be its value; else spaces are passed over, and nothing is kept. */
    boolean mayHoldText() {
        return true;
    }

    /** Refuses text of which so many bytes have come, where that is too long for what it should be. */
    void checkLength(int bytes) throws InvalidBodyException {}

    private void beginParts() throws InvalidBodyException {
        if (!hasParts) {
            if (!isBlank()) {
                throw refused("has text between its elements (expected: only one of both)");
            }
            dropText();
            hasParts = true;
        }
    }

    final boolean isRoot() {
        return parent == null;
    }

    final boolean hasParts() {
        return hasParts;
    }

    final int textStart() {
        return textStart;
    }

    /** Makes this element's text that of {@code other}. */
    final void takeText(OpenElement other) {
        textStart = other.textStart;
    }

    final boolean isEmpty() {
        return !hasParts && tree.texts().length() == textStart;
    }

    /** Whether there is no text but spaces; text beside elements was found to be spaces when it came. */
    final boolean isBlank() {
        if (hasParts) {
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
    final String takenText() {
        String text = tree.texts().text(textStart, tree.texts().length());
        dropText();
        return text;
    }

    final void dropText() {
        tree.texts().truncate(textStart);
    }

    final InvalidBodyException refused(String reason) {
        return InvalidBodyException.malformed(line, column, path() + " " + reason);
    }

    final InvalidBodyException refused(ScalarParser literal) {
        return InvalidBodyException.malformed(line, column, literal.refusal(path()));
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
