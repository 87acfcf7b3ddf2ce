package dev.botgate.cache;

import java.util.List;

/** Upper bounds of what things take on the heap, in bytes: 64-bit references, two bytes a character. */
final class HeapSize {
    /** A list's share of the store, of its own objects and of its conversation's generation. */
    static final int OF_AN_ENTRY = 512;

    private static final int OF_A_STRING = 48;
    private static final int OF_A_LIST = 64;

    private HeapSize() {}

    static long of(String text) {
        return OF_A_STRING + 2L * text.length();
    }

    static long of(List<String> texts) {
        return OF_A_LIST + texts.stream().mapToLong(HeapSize::of).sum();
    }
}
