package dev.botgate.normalize.json;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The values of one body on their way to JSON, packed into arrays: 24 bytes a value, and their texts once, as UTF-8.
 *
 * <p>A value is a number, its children a linked list. A member's name is a number too, since names repeat.
 */
public final class JsonTree {
    /** No value, no name. */
    public static final int NONE = -1;

    /** What a value is. */
    public enum Kind {
        /** Made, and not yet known to be something. */
        UNDETERMINED,
        NULL,
        TEXT,
        /** JSON that is written as it stands. */
        LITERAL,
        OBJECT,
        /** An array that the source wraps in a parent of its own. */
        ARRAY,
        /** An array that the source writes by repeating a name; null where all it holds is null. */
        UNWRAPPED_ARRAY,
        /** Values without a type of their own that share a name: an array, since JSON has each name once. */
        IMPLICIT_ARRAY,
        /** An array whose elements are named by their index. */
        INDEXED_ARRAY,
        /** An object of names; an array where they are the indices from 0. */
        OBJECT_OR_ARRAY
    }

    private static final int CELLS = 5;
    private static final int NAME = 0;
    /** First child, or where the text starts. */
    private static final int FIRST = 1;
    /** Last child, or where the text ends. */
    private static final int LAST = 2;

    private static final int NEXT = 3;
    private static final int COUNT = 4;
    /** Children up to this many are looked through; more are found by the table. */
    private static final int MAX_LINEAR_SEARCH = 12;

    private final ByteBuilder texts;
    private final Map<String, Integer> nameIds = new HashMap<>();
    private final List<String> nameTexts = new ArrayList<>();
    private final IntPairMap children = new IntPairMap();
    private Kind[] kinds = new Kind[64];
    private int[] cells = new int[CELLS * 64];
    private int size;

    /** @param maxTextBytes how long all texts together can probably become */
    public JsonTree(int expectedTextBytes, int maxTextBytes) {
        this(new ByteBuilder(expectedTextBytes, maxTextBytes));
    }

    /** @param texts where the texts go, after what stands there */
    public JsonTree(ByteBuilder texts) {
        this.texts = texts;
    }

    public ByteBuilder texts() {
        return texts;
    }

    int size() {
        return size;
    }

    /** The number of {@code nameId}. */
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

    /** How many different names there are. */
    public int nameCount() {
        return nameTexts.size();
    }

    public String nameText(int name) {
        return nameTexts.get(name);
    }

    /** A new value without parent. */
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

    /** A new text, or literal, that stands in {@link #texts} from {@code start} to its present end. */
    public int createText(Kind kind, int start) {
        int value = create(kind);
        set(value, kind, start);
        return value;
    }

    /** Makes {@code value} the text, or literal, that stands in {@link #texts} from {@code start} to its present end. */
    public void set(int value, Kind kind, int start) {
        set(value, kind);
        cells[value * CELLS + FIRST] = start;
        cells[value * CELLS + LAST] = texts.length();
    }

    public void set(int value, Kind kind) {
        kinds[value] = kind;
    }

    /** A new literal that reads {@code json}. */
    public int createLiteral(String json) {
        int start = texts.length();
        texts.append(json.getBytes(StandardCharsets.UTF_8));
        return createText(Kind.LITERAL, start);
    }

    /** Puts {@code child} last into {@code parent}, without name. */
    public void append(int parent, int child) {
        append(parent, NONE, child);
    }

    /** Puts {@code child} last into {@code parent}, which has no child of that name yet. */
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

    /** The child of {@code parent} with that name; {@link #NONE} without one. */
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

    /** Makes {@code value} an array of kind {@code IMPLICIT_ARRAY} whose first element is what it was. */
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

    /** The index that {@code nameId} is; -1 where it is none. Written without leading zeros, and below a thousand millions. */
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
