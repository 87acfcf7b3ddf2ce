package dev.botgate.normalize.json;

import java.security.SecureRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Detects a name that comes twice in one object of a JSON document.
 *
 * <p>The names of a small object are compared one by one. Those of a large object go into a hash table. Its hash is a
 * polynomial modulo 2^61-1 at a random point, so that nobody can construct collisions: two names of n words of seven
 * bytes collide with probability n / 2^61.
 *
 * <p>A name is stored as a range of the document. Its escapes are resolved at each comparison, so names take no memory.
 */
final class DuplicateNameDetector {
    private static final int MAX_COMPARED = 16;
    /** A table up to this size is reused for the next object at the same depth; a larger one is released. */
    private static final int MAX_KEPT_TABLE = 256;

    private static final long PRIME = (1L << 61) - 1;

    /** A word of the polynomial is a one followed by seven bytes of the name; the last word has fewer. */
    private static final long FULL_WORD = 1L << 56;

    private static final long SECRET_POINT = 1 + new SecureRandom().nextLong(PRIME - 1);

    private final byte[] document;
    private final JsonEscapes.Bytes left;
    private final JsonEscapes.Bytes right;
    private int[] starts = new int[32];
    private int[] ends = new int[32];
    private int[] hashes = new int[32];
    private int size;
    private int[] firstNames = new int[8];
    private int[] @Nullable [] tables = new int[8][];
    private boolean[] tableInUse = new boolean[8];
    private int depth = -1;

    DuplicateNameDetector(byte[] document) {
        this.document = document;
        this.left = new JsonEscapes.Bytes(document);
        this.right = new JsonEscapes.Bytes(document);
    }

    void enterObject() {
        depth++;
        if (depth == firstNames.length) {
            firstNames = Arrays.copyOf(firstNames, depth * 2);
            tables = Arrays.copyOf(tables, depth * 2);
            tableInUse = Arrays.copyOf(tableInUse, depth * 2);
        }
        firstNames[depth] = size;
        tableInUse[depth] = false;
    }

    void leaveObject() {
        size = firstNames[depth];
        int[] table = tables[depth];
        if (table != null && table.length > MAX_KEPT_TABLE) {
            tables[depth] = null;
        }
        depth--;
    }

    /** The number of names in all objects that are open. */
    int size() {
        return size;
    }

    /**
     * Adds a name to the innermost object.
     *
     * @return false where the object has the name already
     */
    boolean add(int start, int end, boolean escaped) {
        reserve();
        starts[size] = escaped ? ~start : start;
        ends[size] = end;
        boolean isNew = size - firstNames[depth] < MAX_COMPARED ? isNewByComparison() : isNewInTable();
        size++;
        return isNew;
    }

    private boolean isNewByComparison() {
        for (int i = firstNames[depth]; i < size; i++) {
            if (areEqual(i, size)) {
                return false;
            }
        }
        return true;
    }

    private boolean isNewInTable() {
        int count = size - firstNames[depth];
        boolean first = !tableInUse[depth];
        int[] table = tables[depth];
        if (first || table == null || count * 2 >= table.length) {
            table = rebuild(first, count, table);
            tables[depth] = table;
            tableInUse[depth] = true;
        }
        hashes[size] = hash(size);
        return insert(table, size);
    }

    private int[] rebuild(boolean first, int count, int @Nullable [] oldTable) {
        int[] table;
        if (first && oldTable != null) {
            table = oldTable;
            Arrays.fill(table, 0);
        } else {
            table = new int[Integer.highestOneBit(count) * 4];
        }
        for (int i = firstNames[depth]; i < size; i++) {
            if (first) {
                hashes[i] = hash(i);
            }
            boolean isNew = insert(table, i);
            assert isNew;
        }
        return table;
    }

    private boolean insert(int[] table, int name) {
        int mask = table.length - 1;
        int slot = hashes[name] & mask;
        while (table[slot] != 0) {
            int other = table[slot] - 1;
            if (hashes[other] == hashes[name] && areEqual(other, name)) {
                return false;
            }
            slot = slot + 1 & mask;
        }
        table[slot] = name + 1;
        return true;
    }

    private boolean areEqual(int first, int second) {
        if (starts[first] >= 0 && starts[second] >= 0) {
            int length = ends[first] - starts[first];
            return length == ends[second] - starts[second]
                    && (length == 0 || document[ends[first] - 1] == document[ends[second] - 1])
                    && Arrays.equals(document, starts[first], ends[first], document, starts[second], ends[second]);
        }
        JsonEscapes.Bytes leftBytes = left.reset(start(first), ends[first]);
        JsonEscapes.Bytes rightBytes = right.reset(start(second), ends[second]);
        int next = leftBytes.next();
        while (next == rightBytes.next()) {
            if (next < 0) {
                return true;
            }
            next = leftBytes.next();
        }
        return false;
    }

    private int hash(int name) {
        long hash = 0;
        long word = 1;
        if (starts[name] >= 0) {
            for (int i = starts[name]; i < ends[name]; i++) {
                word = word << 8 | (document[i] & 0xFF);
                if (word >= FULL_WORD) {
                    hash = timesSecretPoint(hash) + word;
                    word = 1;
                }
            }
        } else {
            JsonEscapes.Bytes bytes = left.reset(start(name), ends[name]);
            for (int next = bytes.next(); next >= 0; next = bytes.next()) {
                word = word << 8 | next;
                if (word >= FULL_WORD) {
                    hash = timesSecretPoint(hash) + word;
                    word = 1;
                }
            }
        }
        hash = timesSecretPoint((timesSecretPoint(hash) + word) % PRIME);
        return (int) (hash ^ hash >>> 32);
    }

    /**
     * {@code value} times the random point, modulo 2^61-1 except for one last subtraction. {@code value} is below 2^62.
     */
    private static long timesSecretPoint(long value) {
        long high = Math.multiplyHigh(value, SECRET_POINT);
        long low = value * SECRET_POINT;
        long folded = (low & PRIME) + (high << 3 | low >>> 61);
        return folded >= PRIME ? folded - PRIME : folded;
    }

    private int start(int name) {
        return starts[name] < 0 ? ~starts[name] : starts[name];
    }

    private void reserve() {
        if (size == starts.length) {
            starts = Arrays.copyOf(starts, size * 2);
            ends = Arrays.copyOf(ends, size * 2);
            hashes = Arrays.copyOf(hashes, size * 2);
        }
    }
}
