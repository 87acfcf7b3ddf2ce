package dev.botgate.normalize;

/** A place in UTF-8 text as people count it: lines end at LF, CR or CRLF, columns are characters; both from 1. */
record Position(int line, int column) {

    /** Where text begins. */
    static final Position FIRST = new Position(1, 1);

    /** The place of the byte at {@code offset}; a byte order mark at {@code start} takes no column. */
    static Position of(byte[] text, int start, int offset) {
        int first = start + Utf8.byteOrderMark(text, start, offset);
        return FIRST.after(text, first, offset);
    }

    /** The place of the byte at {@code offset}, where this is that of the one at {@code start}. */
    Position after(byte[] text, int start, int offset) {
        int lines = line;
        int columns = column;
        for (int i = start; i < offset; i++) {
            byte b = text[i];
            if (b > '\r') {
                columns++;
            } else if (b == '\n' || (b == '\r' && (i + 1 == text.length || text[i + 1] != '\n'))) {
                lines++;
                columns = 1;
            } else if ((b & 0xC0) != 0x80) {
                columns++;
            }
        }
        return new Position(lines, columns);
    }
}
