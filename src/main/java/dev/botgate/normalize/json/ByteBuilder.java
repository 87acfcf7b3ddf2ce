package dev.botgate.normalize.json;

import java.nio.charset.StandardCharsets;

/**
 * A growable byte array. It can first reuse the memory of its own source, so that a conversion needs little memory of
 * its own.
 */
public final class ByteBuilder {
    /**
     * Up to this size the array doubles; beyond it, it grows at once to the expected maximum, so that little is
     * allocated in vain.
     */
    private static final int MAX_DOUBLED = 256 << 10;

    private final int expectedMax;
    private byte[] array;
    private boolean inPlace;
    private int writableEnd;
    private int length;

    public ByteBuilder(int capacity) {
        this(capacity, 0);
    }

    /** @param expectedMax the length that the content will probably not exceed */
    public ByteBuilder(int capacity, int expectedMax) {
        this.array = new byte[Math.max(16, capacity)];
        this.writableEnd = array.length;
        this.expectedMax = expectedMax;
    }

    private ByteBuilder(ByteRange source) {
        this.array = source.array();
        this.inPlace = true;
        this.writableEnd = source.start();
        this.length = source.start();
        this.expectedMax = source.length();
    }

    /**
     * Returns a builder that writes over the bytes of {@code source}, as far as {@link #allowOverwriteUpTo} allows. Its
     * offsets are those of the source's array.
     */
    public static ByteBuilder inPlaceOf(ByteRange source) {
        return new ByteBuilder(source);
    }

    /**
     * Allows the builder to overwrite its source up to {@code end}. Does nothing once the content has moved to an array
     * of its own.
     */
    public void allowOverwriteUpTo(int end) {
        if (inPlace) {
            writableEnd = end;
        }
    }

    /** Whether the content still lies in the array of its source. */
    public boolean isInPlace() {
        return inPlace;
    }

    public int length() {
        return length;
    }

    /**
     * The array that holds the content; the bytes after {@link #length} are undefined. The next append may replace the
     * array.
     */
    public byte[] array() {
        return array;
    }

    public void truncate(int newLength) {
        length = newLength;
    }

    public void append(int value) {
        reserve(1);
        array[length++] = (byte) value;
    }

    public void append(byte[] source, int start, int end) {
        reserve(end - start);
        System.arraycopy(source, start, array, length, end - start);
        length += end - start;
    }

    public void append(byte[] source) {
        append(source, 0, source.length);
    }

    /**
     * Appends {@code codePoint} as UTF-8. A lone surrogate becomes the three bytes that the UTF-8 scheme would give it.
     */
    public void appendCodePoint(int codePoint) {
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

    /**
     * Appends the characters from {@code start} up to the first that is not ASCII.
     *
     * @return the index of that character, or {@code end}
     */
    public int appendAscii(char[] chars, int start, int end) {
        reserve(end - start);
        byte[] target = array;
        int targetEnd = length;
        int at = start;
        while (at < end && chars[at] < 0x80) {
            target[targetEnd++] = (byte) chars[at++];
        }
        length = targetEnd;
        return at;
    }

    public String text(int start, int end) {
        return new String(array, start, end - start, StandardCharsets.UTF_8);
    }

    private void reserve(int count) {
        if (writableEnd - length < count) {
            long doubled = (inPlace ? length : array.length) * 2L;
            int needed = Math.addExact(length, count);
            long wanted = doubled > MAX_DOUBLED && needed <= expectedMax
                    ? expectedMax
                    : Math.min(Integer.MAX_VALUE - 8L, doubled);
            byte[] larger = new byte[(int) Math.max(needed, wanted)];
            System.arraycopy(array, 0, larger, 0, length);
            array = larger;
            writableEnd = array.length;
            inPlace = false;
        }
    }
}
