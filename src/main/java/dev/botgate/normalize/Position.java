package dev.botgate.normalize;

/** A place in UTF-8 text as people count it: lines end at LF, CR or CRLF, columns are characters; both from 1. */
record Position(int line, int column) {

    /** The place of the byte at {@code offset}; a byte order mark at {@code start} takes no column. */
    static Position of(byte[] text, int start, int offset) {
        int line = 1;
        int lineStart = start + Utf8.byteOrderMark(text, start, offset);
        for (int i = start; i < offset; i++) {
            byte b = text[i];
            if (b != '\n' && b != '\r') {
                continue;
            }
            if (b == '\n' || i + 1 == text.length || text[i + 1] != '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        int column = 1;
        for (int i = lineStart; i < offset; i++) {
            if ((text[i] & 0xC0) != 0x80) {
                column++;
            }
        }
        return new Position(line, column);
    }
}
