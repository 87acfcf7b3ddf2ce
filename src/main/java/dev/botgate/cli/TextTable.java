package dev.botgate.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jline.utils.WCWidth;
import org.jspecify.annotations.Nullable;

/**
 * Rows in columns. Columns that do not fit beside each other go on further lines, at the same place in each row. Columns
 * without any value are left out, and no value is cut, so that it can be copied.
 */
final class TextTable {
    private static final int GAP = 2;
    private static final int INDENT = 4;
    private static final String NOTHING = "-";

    private final List<String> titles;
    private final List<List<String>> rows = new ArrayList<>();

    TextTable(String... titles) {
        this.titles = List.of(titles);
    }

    /** Adds a row, a value for each column; null or empty is printed as a dash. */
    void add(@Nullable Object... values) {
        if (values.length != titles.size()) {
            throw new IllegalArgumentException(values.length + " values (expected: " + titles.size() + ")");
        }
        rows.add(Arrays.stream(values)
                .map(value -> value == null ? "" : printable(value.toString()))
                .toList());
    }

    /** Prints titles and rows, on lines of {@code width} columns where values are not longer. */
    void print(int width, PrintWriter to) {
        int[] widths = IntStream.range(0, titles.size())
                .map(column ->
                        lines().mapToInt(line -> width(line.get(column))).max().orElse(0))
                .toArray();
        List<List<Integer>> layout = layout(widths, width);
        lines().forEach(line -> {
            for (int i = 0; i < layout.size(); i++) {
                StringBuilder text = new StringBuilder(i == 0 ? "" : " ".repeat(INDENT));
                for (int column : layout.get(i)) {
                    String value = line.get(column).isEmpty() ? NOTHING : line.get(column);
                    text.append(value).append(" ".repeat(widths[column] - width(value) + GAP));
                }
                to.println(text.toString().stripTrailing());
            }
        });
    }

    private Stream<List<String>> lines() {
        return Stream.concat(Stream.of(titles), rows.stream());
    }

    /** Which columns are on each line. */
    private List<List<Integer>> layout(int[] widths, int width) {
        List<List<Integer>> layout = new ArrayList<>();
        int used = 0;
        for (int column = 0; column < widths.length; column++) {
            int index = column;
            if (!rows.isEmpty() && rows.stream().allMatch(row -> row.get(index).isEmpty())) {
                continue;
            }
            if (layout.isEmpty() || used + GAP + widths[column] > width) {
                layout.add(new ArrayList<>());
                used = (layout.size() == 1 ? 0 : INDENT) - GAP;
            }
            used += GAP + widths[column];
            layout.get(layout.size() - 1).add(column);
        }
        return layout;
    }

    /** How many columns of a terminal {@code text} takes: East Asian wide characters and emoji two, combining marks none. */
    static int width(String text) {
        int width = 0;
        for (int at = 0; at < text.length(); at += WCWidth.charCountForGraphemeCluster(text, at)) {
            width += Math.max(0, WCWidth.wcwidthForGraphemeCluster(text, at));
        }
        return width;
    }

    /** Values come from outside: characters that could control a terminal are replaced. */
    static String printable(String text) {
        return text.replaceAll("[\\p{Cc}\\p{Cf}\u2028\u2029]", "?");
    }
}
