package dev.botgate.normalize.json;

import java.nio.charset.StandardCharsets;

/** Bytes that grow; first, where they may, into what is lent to them. */
public final class ByteBuilder {
    /** Up to here they grow step by step; then at once to what they can become, so that little is allocated in vain. */
    private static final int MAX_DOUBLED = 256 << 10;

    private final int expectedMax;
    private byte[] array;
    private boolean inPlace;
    private int writableEnd;
    private int length;

    public ByteBuilder(int capacity) {
        this(capacity, 0);
    }

    /** @param expectedMax how many there can probably become */
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

    /** Bytes that take the place of those of {@code source}, as far as {@link #allowOverwriteUpTo} allows; their offsets are its. */
    public static ByteBuilder inPlaceOf(ByteRange source) {
        return new ByteBuilder(source);
    }

    /** Allows to write where the source stood up to {@code end}; without meaning for bytes that stand elsewhere. */
    public void allowOverwriteUpTo(int end) {
        if (inPlace) {
            writableEnd = end;
        }
    }

    /** Whether they still stand where their source did. */
    public boolean isInPlace() {
        return inPlace;
    }

    public int length() {
        return length;
    }

    /** The bytes, followed by what has no meaning; another array after the next append. */
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

    /** Appends {@code codePoint} as UTF-8; a lone surrogate as the three bytes that UTF-8 would give it if it could. */
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

    /** Appends the characters from {@code start} on as long as they are ASCII; gives where they end. */
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
