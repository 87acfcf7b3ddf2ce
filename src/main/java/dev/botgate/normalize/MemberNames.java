package dev.botgate.normalize;

import java.security.SecureRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The names seen so far in each object that is open, to tell a name that comes twice.
 *
 * <p>Few names are compared one by one. Many go into a table by a polynomial hash modulo 2^61-1 at a secret point, which
 * nobody can aim at: two names of n bytes collide with a chance of n / 2^61. A name is a range of the document, or,
 * where it has escapes, of {@link #resolved}.
 */
final class MemberNames {
    private static final int FEW = 16;
    private static final long PRIME = (1L << 61) - 1;
    private static final long POINT = 1 + new SecureRandom().nextLong(PRIME - 1);

    private final byte[] document;
    private final Bytes resolved = new Bytes(0);
    private int[] starts = new int[32];
    private int[] ends = new int[32];
    private int[] hashes = new int[32];
    private int size;
    private int[] bases = new int[8];
    private int[] @Nullable [] tables = new int[8][];
    private int depth = -1;

    MemberNames(byte[] document) {
        this.document = document;
    }

    void open() {
        depth++;
        if (depth == bases.length) {
            bases = Arrays.copyOf(bases, depth * 2);
            tables = Arrays.copyOf(tables, depth * 2);
        }
        bases[depth] = size;
        tables[depth] = null;
    }

    void close() {
        size = bases[depth];
        tables[depth] = null;
        depth--;
        if (depth < 0) {
            resolved.truncate(0);
        }
    }

    /** Adds the name in the innermost object; false where it has that name already. */
    boolean add(int start, int end) {
        return isFresh(start, end);
    }

    /** Adds a name whose escapes have been resolved to {@code name}. */
    boolean add(Bytes name) {
        int start = resolved.length();
        resolved.append(name.array(), 0, name.length());
        return isFresh(~start, ~resolved.length());
    }

    private boolean isFresh(int start, int end) {
        reserve();
        starts[size] = start;
        ends[size] = end;
        boolean fresh = size - bases[depth] < FEW ? isFreshAmongFew() : isFreshInTable();
        size++;
        return fresh;
    }

    private boolean isFreshAmongFew() {
        for (int i = bases[depth]; i < size; i++) {
            if (same(i, size)) {
                return false;
            }
        }
        return true;
    }

    private boolean isFreshInTable() {
        int[] table = tables[depth];
        int count = size - bases[depth];
        if (table == null || count * 2 >= table.length) {
            table = rebuild(table == null, count);
            tables[depth] = table;
        }
        hashes[size] = hash(size);
        return insert(table, size);
    }

    private int[] rebuild(boolean first, int count) {
        int[] table = new int[Integer.highestOneBit(count) * 4];
        for (int i = bases[depth]; i < size; i++) {
            if (first) {
                hashes[i] = hash(i);
            }
            boolean fresh = insert(table, i);
            assert fresh;
        }
        return table;
    }

    private boolean insert(int[] table, int name) {
        int mask = table.length - 1;
        int slot = hashes[name] & mask;
        while (table[slot] != 0) {
            int other = table[slot] - 1;
            if (hashes[other] == hashes[name] && same(other, name)) {
                return false;
            }
            slot = slot + 1 & mask;
        }
        table[slot] = name + 1;
        return true;
    }

    private boolean same(int one, int other) {
        return Arrays.equals(source(one), start(one), end(one), source(other), start(other), end(other));
    }

    private int hash(int name) {
        byte[] source = source(name);
        long hash = 0;
        for (int i = start(name), end = end(name); i < end; i++) {
            hash = timesPoint(hash) + (source[i] & 0xFF) + 1;
        }
        hash = timesPoint(hash % PRIME);
        return (int) (hash ^ hash >>> 32);
    }

    /** {@code value} times the secret point, modulo 2^61-1 but for one subtraction; {@code value} is below 2^62. */
    private static long timesPoint(long value) {
        long high = Math.multiplyHigh(value, POINT);
        long low = value * POINT;
        long folded = (low & PRIME) + (high << 3 | low >>> 61);
        return folded >= PRIME ? folded - PRIME : folded;
    }

    private byte[] source(int name) {
        return starts[name] < 0 ? resolved.array() : document;
    }

    private int start(int name) {
        return starts[name] < 0 ? ~starts[name] : starts[name];
    }

    private int end(int name) {
        return starts[name] < 0 ? ~ends[name] : ends[name];
    }

    private void reserve() {
        if (size == starts.length) {
            starts = Arrays.copyOf(starts, size * 2);
            ends = Arrays.copyOf(ends, size * 2);
            hashes = Arrays.copyOf(hashes, size * 2);
        }
    }
}
