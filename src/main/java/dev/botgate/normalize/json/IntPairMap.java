package dev.botgate.normalize.json;

import java.util.Arrays;

/** A hash table from pairs of numbers to numbers that are not negative. A missing key has the value -1. */
final class IntPairMap {
    private long[] keys = new long[0];
    private int[] values = new int[0];
    private int size;

    int get(int first, int second) {
        if (size == 0) {
            return -1;
        }
        return values[slot(key(first, second))];
    }

    void put(int first, int second, int value) {
        if (size * 2 >= keys.length) {
            grow();
        }
        int slot = slot(key(first, second));
        if (values[slot] < 0) {
            size++;
        }
        keys[slot] = key(first, second);
        values[slot] = value;
    }

    private void grow() {
        long[] oldKeys = keys;
        int[] oldValues = values;
        keys = new long[Math.max(64, oldKeys.length * 2)];
        values = new int[keys.length];
        Arrays.fill(values, -1);
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldValues[i] >= 0) {
                int slot = slot(oldKeys[i]);
                keys[slot] = oldKeys[i];
                values[slot] = oldValues[i];
            }
        }
    }

    private int slot(long key) {
        int mask = keys.length - 1;
        long mixed = (key ^ key >>> 32) * 0x9E3779B97F4A7C15L;
        int slot = (int) (mixed >>> 32) & mask;
        while (values[slot] >= 0 && keys[slot] != key) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private static long key(int first, int second) {
        return (long) first << 32 | (second & 0xFFFFFFFFL);
    }
}
