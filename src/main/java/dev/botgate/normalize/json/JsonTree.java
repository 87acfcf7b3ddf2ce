package dev.botgate.normalize.json;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The values of a body that becomes JSON or XML, packed into arrays: 24 bytes a value, and all texts in one buffer of
 * UTF-8.
 *
 * <p>A value is identified by a number, and so is a member's name. The children of a value form a linked list.
 */
public final class JsonTree {
    /** The id of no value and no name. */
    public static final int NONE = -1;

    /** What a value is. The source formats write arrays in different ways; {@link JsonTreeWriter} resolves them. */
    public enum Kind {
        /** Created; its kind is not yet known. */
        UNDETERMINED,
        NULL,
        TEXT,
        /** JSON that is written unchanged. */
        LITERAL,
        OBJECT,
        /** An array that has a wrapper of its own in the source. */
        ARRAY,
        /**
         * An array of the schema that the source writes by repeating a name. A single null or array in it stands for
         * the whole.
         */
        UNWRAPPED_ARRAY,
        /** Values that share a name and have no type in the schema: an array, since JSON allows a name once. */
        IMPLICIT_ARRAY,
        /** An array whose elements are named by their index, in any order. */
        INDEXED_ARRAY,
        /** An array where the names are exactly the indices from 0 on, otherwise an object. */
        OBJECT_OR_ARRAY
    }

    private static final int CELLS = 5;
    private static final int NAME = 0;
    /** The first child, or the start of the text. */
    private static final int FIRST = 1;
    /** The last child, or the end of the text. */
    private static final int LAST = 2;

    private static final int NEXT = 3;
    private static final int COUNT = 4;
    /** This many children are searched one by one; further ones are found through a hash table. */
    private static final int MAX_LINEAR_SEARCH = 12;

    private final ByteBuilder texts;
    private final Map<String, Integer> nameIds = new HashMap<>();
    private final List<String> nameTexts = new ArrayList<>();
    private final IntPairMap children = new IntPairMap();
    private Kind[] kinds = new Kind[64];
    private int[] cells = new int[CELLS * 64];
    private int size;

    /** @param maxTextBytes the expected maximum length of all texts together */
    public JsonTree(int expectedTextBytes, int maxTextBytes) {
        this(new ByteBuilder(expectedTextBytes, maxTextBytes));
    }

    /** @param texts the buffer to which texts are appended */
    public JsonTree(ByteBuilder texts) {
        this.texts = texts;
    }

    public ByteBuilder texts() {
        return texts;
    }

    int size() {
        return size;
    }

    /** The id of {@code name}; a new one for a new name. */
    public int nameId(String name) {
        Integer known = nameIds.get(name);
        if (known != null) {
            return known;
        }
        int id = nameTexts.size();
        nameIds.put(name, id);
        nameTexts.add(name);
        return id;
    }

    /** The number of different names. */
    public int nameCount() {
        return nameTexts.size();
    }

    public String nameText(int name) {
        return nameTexts.get(name);
    }

    /** Creates a value without a parent. */
    public int create(Kind kind) {
        int base = size * CELLS;
        if (size == kinds.length) {
            kinds = Arrays.copyOf(kinds, size * 2);
            cells = Arrays.copyOf(cells, Math.multiplyExact(base, 2));
        }
        kinds[size] = kind;
        cells[base + NAME] = NONE;
        cells[base + FIRST] = NONE;
        cells[base + LAST] = NONE;
        cells[base + NEXT] = NONE;
        cells[base + COUNT] = 0;
        return size++;
    }

    /** Creates a text or literal from the bytes of {@link #texts} between {@code start} and their present end. */
    public int createText(Kind kind, int start) {
        int value = create(kind);
        set(value, kind, start);
        return value;
    }

    /** Makes {@code value} the text or literal in {@link #texts} between {@code start} and their present end. */
    public void set(int value, Kind kind, int start) {
        set(value, kind);
        cells[value * CELLS + FIRST] = start;
        cells[value * CELLS + LAST] = texts.length();
    }

    public void set(int value, Kind kind) {
        kinds[value] = kind;
    }

    /** Creates a literal whose text is {@code json}. */
    public int createLiteral(String json) {
        int start = texts.length();
        texts.append(json.getBytes(StandardCharsets.UTF_8));
        return createText(Kind.LITERAL, start);
    }

    /** Appends {@code child} to {@code parent} without a name. */
    public void append(int parent, int child) {
        append(parent, NONE, child);
    }

    /** Appends {@code child} to {@code parent}, which has no child of that name yet. */
    public void append(int parent, int name, int child) {
        int base = parent * CELLS;
        cells[child * CELLS + NAME] = name;
        if (cells[base + FIRST] == NONE) {
            cells[base + FIRST] = child;
        } else {
            cells[cells[base + LAST] * CELLS + NEXT] = child;
        }
        cells[base + LAST] = child;
        int index = cells[base + COUNT]++;
        if (name != NONE && index >= MAX_LINEAR_SEARCH) {
            children.put(parent, name, child);
        }
    }

    /** The child of {@code parent} with that name; {@link #NONE} where there is none. */
    public int findChild(int parent, int name) {
        int child = firstChild(parent);
        for (int i = 0; i < MAX_LINEAR_SEARCH && child != NONE; i++) {
            if (cells[child * CELLS + NAME] == name) {
                return child;
            }
            child = nextSibling(child);
        }
        return child == NONE ? NONE : children.get(parent, name);
    }

    /** Makes {@code value} an {@link Kind#IMPLICIT_ARRAY} whose only element is the previous value. */
    public void wrapInArray(int value) {
        int moved = create(kind(value));
        int from = value * CELLS;
        int to = moved * CELLS;
        cells[to + FIRST] = cells[from + FIRST];
        cells[to + LAST] = cells[from + LAST];
        cells[to + COUNT] = cells[from + COUNT];
        kinds[value] = Kind.IMPLICIT_ARRAY;
        cells[from + FIRST] = moved;
        cells[from + LAST] = moved;
        cells[from + COUNT] = 1;
    }

    public Kind kind(int value) {
        return kinds[value];
    }

    public int nameIdOf(int value) {
        return cells[value * CELLS + NAME];
    }

    public int firstChild(int value) {
        return cells[value * CELLS + FIRST];
    }

    public int nextSibling(int value) {
        return cells[value * CELLS + NEXT];
    }

    public int childCount(int value) {
        return cells[value * CELLS + COUNT];
    }

    public int textStart(int value) {
        return cells[value * CELLS + FIRST];
    }

    public int textEnd(int value) {
        return cells[value * CELLS + LAST];
    }

    /**
     * The index that {@code name} denotes: decimal digits without leading zeros, below 1,000,000,000; -1 for any other
     * name.
     */
    public static int arrayIndex(String name) {
        boolean padded = name.length() > 1 && name.charAt(0) == '0';
        if (name.isEmpty() || name.length() > 9 || padded) {
            return -1;
        }
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) < '0' || name.charAt(i) > '9') {
                return -1;
            }
        }
        return Integer.parseInt(name);
    }
}
