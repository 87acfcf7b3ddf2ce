package dev.botgate.normalize.json;

/** A place in UTF-8 text as people count it: lines end at LF, CR or CRLF, columns are characters; both from 1. */
public record TextPosition(int line, int column) {

    /** Where text begins. */
    public static final TextPosition START = new TextPosition(1, 1);

    /** The place of the byte at {@code offset}; a byte order mark at {@code start} takes no column. */
    public static TextPosition of(byte[] text, int start, int offset) {
        int first = start + Utf8.byteOrderMark(text, start, offset);
        return START.advance(text, first, offset);
    }

    /** The place of the byte at {@code offset}, where this is that of the one at {@code start}. */
    public TextPosition advance(byte[] text, int start, int offset) {
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
        return new TextPosition(lines, columns);
    }
}
