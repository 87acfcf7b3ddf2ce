package dev.botgate.normalize.json;

/** Iterates over the bytes of a name in a JSON document, its escapes resolved. */
final class UnescapedBytes {
    private final byte[] json;
    private int at;
    private int end;
    private int current;
    private int remaining;

    UnescapedBytes(byte[] json) {
        this.json = json;
    }

    /** Starts over with the name between {@code start} and {@code end}, a valid JSON string without its quotes. */
    UnescapedBytes reset(int start, int end) {
        this.at = start;
        this.end = end;
        this.remaining = 0;
        return this;
    }

    /** The next byte, from 0 to 255; -1 at the end. */
    int next() {
        if (remaining > 0) {
            remaining--;
            return 0x80 | ((current >> (remaining * 6)) & 0x3F);
        }
        if (at == end) {
            return -1;
        }
        if (json[at] != '\\') {
            return json[at++] & 0xFF;
        }
        int codePoint = JsonEscapes.codePoint(json, at, end);
        at += JsonEscapes.length(json, at, codePoint);
        return leadByte(codePoint);
    }

    /**
     * The first byte of the character's UTF-8. A lone surrogate has the three bytes that the UTF-8 scheme would give
     * it.
     */
    private int leadByte(int codePoint) {
        current = codePoint;
        if (codePoint < 0x80) {
            return codePoint;
        }
        if (codePoint < 0x800) {
            remaining = 1;
            return 0xC0 | codePoint >> 6;
        }
        if (codePoint < 0x10000) {
            remaining = 2;
            return 0xE0 | codePoint >> 12;
        }
        remaining = 3;
        return 0xF0 | codePoint >> 18;
    }
}
