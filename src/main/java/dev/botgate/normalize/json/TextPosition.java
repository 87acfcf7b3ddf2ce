package dev.botgate.normalize.json;

/** A line and column in UTF-8 text, both from 1. A line ends with LF, CR or CRLF; a column is a character. */
public record TextPosition(int line, int column) {

    /** The start of a text. */
    public static final TextPosition START = new TextPosition(1, 1);

    /** The position of the byte at {@code offset}. A byte order mark at {@code start} takes no column. */
    public static TextPosition of(byte[] text, int start, int offset) {
        int first = start + Utf8.byteOrderMark(text, start, offset);
        return START.advance(text, first, offset);
    }

    /** The position of the byte at {@code offset}, where {@code this} is the position of the byte at {@code start}. */
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
