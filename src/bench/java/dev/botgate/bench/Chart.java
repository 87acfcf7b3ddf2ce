package dev.botgate.bench;

import java.util.List;
import java.util.Locale;

/** The processor time of a request as bars, the kernel's part lighter. */
final class Chart {
    private static final int WIDTH = 860;
    private static final int LEFT = 190;
    private static final int BAR = 18;
    private static final int LINE = 24;

    private Chart() {}

    static String of(List<Row> rows) {
        double longest = rows.stream().mapToDouble(Row::micros).max().orElse(1);
        double scale = (WIDTH - LEFT - 150) / longest;
        StringBuilder bars = new StringBuilder();
        int y = 40;
        String workload = "";
        for (Row row : rows) {
            if (!row.workload().id().equals(workload)) {
                workload = row.workload().id();
                y += LINE;
                text(
                        bars,
                        10,
                        y + 13,
                        "start",
                        "bold",
                        workload + ": " + row.workload().title());
                y += LINE;
            }
            double user = row.userMicros() * scale;
            double system = row.systemMicros() * scale;
            text(bars, LEFT - 8, y + 13, "end", "normal", row.target());
            bar(bars, LEFT, y, user, row.target().startsWith("bare") ? "#666666" : "#1f6fb4");
            bar(bars, LEFT + user, y, system, row.target().startsWith("bare") ? "#bbbbbb" : "#9ccaf0");
            String figures = String.format(Locale.ROOT, "%.1f µs, %.2f", row.micros(), row.ratio());
            text(bars, LEFT + user + system + 8, y + 13, "start", "normal", figures);
            y += LINE;
        }
        return String.format(
                Locale.ROOT,
                """
                <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="12">
                <rect width="100%%" height="100%%" fill="white"/>
                <text x="10" y="24" font-size="15">Processor time of a request, its own and (lighter) the kernel's; \
                ratio to the bare pass-through</text>
                %s</svg>
                """,
                WIDTH,
                y + LINE,
                bars);
    }

    private static void bar(StringBuilder to, double x, int y, double width, String colour) {
        to.append(String.format(
                Locale.ROOT,
                "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n",
                x,
                y,
                width,
                BAR,
                colour));
    }

    private static void text(StringBuilder to, double x, int y, String anchor, String weight, String what) {
        to.append(String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\" font-weight=\"%s\">%s</text>%n",
                x,
                y,
                anchor,
                weight,
                what));
    }
}
