package dev.botgate.normalize;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes that grow. */
final class Bytes {
    /** Up to here they grow step by step; then at once to what they can become, so that little is allocated in vain. */
    private static final int SMALL = 256 << 10;

    private final int ceiling;
    private byte[] array;
    private int length;

    Bytes(int capacity) {
        this(capacity, 0);
    }

    /** @param ceiling how many there can probably become */
    Bytes(int capacity, int ceiling) {
        this.array = new byte[Math.max(16, capacity)];
        this.ceiling = ceiling;
    }

    int length() {
        return length;
    }

    /** The bytes, followed by what has no meaning; another array after the next append. */
    byte[] array() {
        return array;
    }

    void truncate(int shorter) {
        length = shorter;
    }

    void append(int value) {
        reserve(1);
        array[length++] = (byte) value;
    }

    void append(byte[] source, int start, int end) {
        reserve(end - start);
        System.arraycopy(source, start, array, length, end - start);
        length += end - start;
    }

    void append(byte[] source) {
        append(source, 0, source.length);
    }

    /** Appends {@code codePoint} as UTF-8; a lone surrogate as the three bytes that UTF-8 would give it if it could. */
    void appendCodePoint(int codePoint) {
        reserve(4);
        if (codePoint < 0x80) {
            array[length++] = (byte) codePoint;
        } else if (codePoint < 0x800) {
            array[length++] = (byte) (0xC0 | codePoint >> 6);
            array[length++] = (byte) (0x80 | (codePoint & 0x3F));
        } else if (codePoint < 0x10000) {
            array[length++] = (byte) (0xE0 | codePoint >> 12);
            array[length++] = (byte) (0x80 | (codePoint >> 6 & 0x3F));
            array[length++] = (byte) (0x80 | (codePoint & 0x3F));
        } else {
            array[length++] = (byte) (0xF0 | codePoint >> 18);
            array[length++] = (byte) (0x80 | (codePoint >> 12 & 0x3F));
            array[length++] = (byte) (0x80 | (codePoint >> 6 & 0x3F));
            array[length++] = (byte) (0x80 | (codePoint & 0x3F));
        }
    }

    /** Appends the characters from {@code start} on as long as they are ASCII; gives where they end. */
    int appendAscii(char[] chars, int start, int end) {
        reserve(end - start);
        byte[] target = array;
        int to = length;
        int at = start;
        while (at < end && chars[at] < 0x80) {
            target[to++] = (byte) chars[at++];
        }
        length = to;
        return at;
    }

    String text(int start, int end) {
        return new String(array, start, end - start, StandardCharsets.UTF_8);
    }

    private void reserve(int more) {
        if (array.length - length < more) {
            long doubled = array.length * 2L;
            long wanted = doubled > SMALL && doubled < ceiling ? ceiling : Math.min(Integer.MAX_VALUE - 8L, doubled);
            array = Arrays.copyOf(array, (int) Math.max(Math.addExact(length, more), wanted));
        }
    }
}
