package dev.botgate.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Rows in columns. Columns that do not fit beside each other go on further lines, at the same place in each row; cells of
 * columns that need not be whole are cut in the middle to fit.
 */
final class TextTable {
    private static final int GAP = 2;
    private static final int INDENT = 4;
    private static final int MIN_WIDTH = 12;
    private static final String NOTHING = "-";

    private final List<Column> columns;
    private final List<List<String>> rows = new ArrayList<>();

    TextTable(Column... columns) {
        this.columns = List.of(columns);
    }

    /**
     * A column.
     *
     * @param whole whether its cells are never cut
     * @param optional whether it is left out when all of its cells are empty
     */
    record Column(String title, boolean whole, boolean optional) {
        static Column whole(String title) {
            return new Column(title, true, false);
        }

        static Column cut(String title) {
            return new Column(title, false, false);
        }

        /** One whose cells may be cut, and which is left out when it is empty. */
        static Column optional(String title) {
            return new Column(title, false, true);
        }
    }

    /** Adds a row, a cell for each column; an empty one is printed as a dash. */
    void add(String... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException(cells.length + " cells (expected: " + columns.size() + ")");
        }
        rows.add(List.of(cells));
    }

    /** Prints titles and rows on lines of {@code width} columns; only whole cells may be longer. */
    void print(int width, PrintWriter to) {
        List<List<Placed>> lines = lines(width);
        print(lines, columns.stream().map(Column::title).toList(), to);
        rows.forEach(row -> print(lines, row, to));
    }

    private static void print(List<List<Placed>> lines, List<String> cells, PrintWriter to) {
        for (int i = 0; i < lines.size(); i++) {
            StringBuilder line = new StringBuilder(i == 0 ? "" : " ".repeat(INDENT));
            for (Placed column : lines.get(i)) {
                String cell = cells.get(column.index()).isEmpty() ? NOTHING : cells.get(column.index());
                line.append(DisplayWidth.padded(DisplayWidth.shortened(cell, column.width()), column.width()))
                        .append(" ".repeat(GAP));
            }
            to.println(line.toString().stripTrailing());
        }
    }

    /** Fills one line after the other, each column at its least width; then shares out what is left. */
    private List<List<Placed>> lines(int width) {
        List<List<Placed>> lines = new ArrayList<>();
        List<Placed> line = new ArrayList<>();
        long taken = 0;
        for (Placed column : placed()) {
            if (!line.isEmpty() && taken + GAP + column.width() > width) {
                lines.add(widened(line, width - taken));
                line = new ArrayList<>();
            }
            taken = line.isEmpty() ? (lines.isEmpty() ? 0 : INDENT) : taken + GAP;
            taken += column.width();
            line.add(column);
        }
        lines.add(widened(line, width - taken));
        return lines;
    }

    /** The columns that are shown, at their least widths. */
    private List<Placed> placed() {
        List<Placed> placed = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            int index = i;
            int widest = rows.stream()
                    .mapToInt(row -> DisplayWidth.of(row.get(index)))
                    .max()
                    .orElse(0);
            int whole = Math.max(widest, DisplayWidth.of(column.title()));
            if (widest > 0 || !column.optional()) {
                placed.add(new Placed(i, column.whole() ? whole : Math.min(whole, MIN_WIDTH), whole));
            }
        }
        return placed;
    }

    /** Gives those their fill first that want the least. */
    private static List<Placed> widened(List<Placed> line, long room) {
        List<Placed> widened = new ArrayList<>(line);
        List<Placed> byNeed =
                line.stream().sorted(Comparator.comparingInt(Placed::wanted)).toList();
        long left = Math.max(0, room);
        for (int i = 0; i < byNeed.size(); i++) {
            Placed column = byNeed.get(i);
            int more = (int) Math.min(column.wanted(), left / (byNeed.size() - i));
            widened.set(line.indexOf(column), new Placed(column.index(), column.width() + more, column.whole()));
            left -= more;
        }
        return widened;
    }

    /** Which column, how wide it is, and how wide it would be whole. */
    private record Placed(int index, int width, int whole) {
        int wanted() {
            return whole - width;
        }
    }
}
