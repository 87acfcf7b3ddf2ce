package dev.botgate.bench;

import dev.botgate.bench.Bench.IdleConnectionsBench;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a run has found: printed as it comes, written when it is over. */
final class Report {
    private final Path directory;
    private final JsonObject circumstances;
    private final List<Row> rows = new ArrayList<>();
    private final List<IdleConnectionsBench> idle = new ArrayList<>();
    private final List<Soak> soaks = new ArrayList<>();
    private final JsonArray missed = new JsonArray();
    private JsonArray micro = new JsonArray();

    Report(Path directory, Plan plan, Jdk jdk, Processors processors) throws IOException {
        this.directory = directory;
        this.circumstances = new JsonObject()
                .put("at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString())
                .put("processor", processor())
                .put("processors", processors.all().size())
                .put("pinned", processors.pinned())
                .put("kernel", System.getProperty("os.version"))
                .put("java", jdk.version())
                .put("quick", plan.quick())
                .put("profile", plan.profile())
                .put("ratePerSecond", plan.perSecond())
                .put("loadBefore", load());
        System.out.printf(
                "%s, %d processors%s, Linux %s; Java %s; load %s%n",
                circumstances.getString("processor"),
                processors.all().size(),
                processors.pinned() ? ", the first for what is measured" : ", nothing pinned",
                System.getProperty("os.version"),
                jdk.version(),
                circumstances.getString("loadBefore"));
        System.out.println(
                "CPU: user and system, of the proxy's process but for its compilers, for a request. Latencies: at "
                        + plan.perSecond() + " requests a second, or a third of what the slowest could answer.");
    }

    /** {@code what} could not be measured, which makes the run incomplete. */
    void missed(String what, Exception cause) {
        missed.add(what);
        System.out.printf("%n%s: could not be measured: %s%n", what, oneLine(cause));
    }

    /** {@code what} does not work here; nobody has to have it. */
    void leftOut(String what, Exception cause) {
        System.out.printf("%n%s: left out: %s%n", what, oneLine(cause));
    }

    private static String oneLine(Exception e) {
        String text = e.getCause() == null ? e.toString() : e + ": " + e.getCause();
        return text.strip().replaceAll("\\s*\\R\\s*", "; ");
    }

    /** Whether all was measured that was to be, and every line is worth something. */
    boolean isComplete() {
        return missed.isEmpty()
                && rows.stream().allMatch(Row::isValid)
                && soaks.stream().allMatch(soak -> soak.refused() == 0);
    }

    void workload(Workload workload, List<Row> found) {
        rows.addAll(found);
        String rate = found.stream()
                .flatMap(row -> row.latencies().stream())
                .findFirst()
                .map(latencies -> "; latencies at " + latencies.perSecond() + "/s")
                .orElse("");
        System.out.printf("%n%s: %s%s%n%s%n", workload.id(), workload.title(), rate, Row.HEADING);
        found.forEach(row -> System.out.println(row.text()));
    }

    void idle(List<IdleConnectionsBench> found) {
        idle.addAll(found);
        System.out.printf("%nidle: 10,000 connections%n");
        found.forEach(each -> System.out.println(each.text()));
    }

    void soak(Soak found) {
        soaks.add(found);
        System.out.println(found.text());
    }

    void micro(JsonArray found) {
        micro = found;
        System.out.printf("%nmicro: the hot pieces%n%-44s %12s %12s%n", "", "ns", "bytes");
        for (int i = 0; i < found.size(); i++) {
            JsonObject each = found.getJsonObject(i);
            System.out.printf(
                    "%-44s %12.0f %12.0f%n",
                    each.getString("name"), each.getDouble("nanos"), each.getDouble("allocatedBytes"));
        }
    }

    /** Prints the bars, and writes {@code bench.json} and {@code bench.svg}. */
    void write() throws IOException {
        boolean profile = circumstances.getBoolean("profile");
        List<Bar> bars = profile || (rows.isEmpty() && soaks.isEmpty())
                ? List.of()
                : Bar.of(rows, soaks, circumstances.getBoolean("quick"));
        if (profile) {
            System.out.printf(
                    "%nGateways record where their time goes, which takes time: ratios are not comparable, and no bar is judged.%n");
        }
        if (!bars.isEmpty()) {
            if (circumstances.getBoolean("quick")) {
                System.out.printf(
                        "%nQuick: compilers had hardly any time, so ratios are higher than in a whole run.%n");
            }
            System.out.printf("%nbars: processor time as ratio to the bare pass-through's%n%s%n", Bar.HEADING);
            bars.forEach(bar -> System.out.println(bar.text()));
        }
        JsonArray table = new JsonArray();
        rows.forEach(row -> table.add(row.json()));
        JsonArray connections = new JsonArray();
        idle.forEach(each -> connections.add(new JsonObject()
                .put("target", each.target())
                .put("liveBytesEach", each.liveBytesEach())
                .put("residentBytesBefore", each.residentBefore())
                .put("residentBytesAfter", each.residentAfter())));
        JsonObject all = circumstances
                .copy()
                .put("loadAfter", load())
                .put("complete", isComplete())
                .put("missed", missed)
                .put("rows", table)
                .put("bars", new JsonArray(bars.stream().map(Bar::json).toList()))
                .put("soak", new JsonArray(soaks.stream().map(Soak::json).toList()))
                .put("idle", connections)
                .put("micro", micro);
        Path json = Files.writeString(directory.resolve("bench.json"), all.encodePrettily());
        Path svg = Files.writeString(directory.resolve("bench.svg"), Chart.of(rows));
        System.out.printf("%nLoad %s now. Written: %s, %s%n", all.getString("loadAfter"), json, svg);
    }

    static String load() throws IOException {
        String[] averages = Files.readString(Path.of("/proc/loadavg")).split(" ");
        return String.join(" ", averages[0], averages[1], averages[2]);
    }

    static String processor() throws IOException {
        return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(System.getProperty("os.arch"));
    }

    /** The processor time of a request as bars, the kernel's part lighter. */
    static final class Chart {
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
}
