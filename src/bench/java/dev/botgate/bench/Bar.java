package dev.botgate.bench;

import dev.botgate.bench.Row.Latencies;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What the gateway must reach, and what was found.
 *
 * @param limit what it may be at most; for {@code atLeast} at least
 * @param aim what it should be one day; the limit where there is none
 * @param found empty where this run has not measured it
 */
record Bar(String what, String unit, boolean atLeast, double limit, double aim, OptionalDouble found) {
    private static final double CACHE_BYTES = 64 << 20;
    private static final int RATE = 2_000;
    private static final String BARE = "bare pass-through";
    private static final String GATEWAY = Variant.SHIPPED.title();

    static final String HEADING = String.format(Locale.ROOT, "%-52s %9s %9s %9s", "", "found", "bar", "aim");

    /**
     * Each bar, with what {@code rows} and {@code soaks} tell of it.
     *
     * @param quick whether too little was measured to tell of latencies
     */
    static List<Bar> of(List<Row> rows, List<Soak> soaks, boolean quick) {
        Found found = new Found(rows);
        String unrecorded = Variant.UNRECORDED.title();
        return Stream.of(
                        most("GET that passes through", "", 1.2, 0.9, found.ratio("get", GATEWAY)),
                        most("JSON POST, not recorded", "", 1.35, 1.0, found.ratio("post", unrecorded)),
                        most("JSON POST, recorded", "", 2.1, 1.5, found.ratio("post", GATEWAY)),
                        most("XML POST, recorded", "", 2.8, 2.2, found.ratio("xml", GATEWAY)),
                        most("member list from the cache", "", 0.4, 0.3, found.ratio("hit", GATEWAY)),
                        most(
                                "limits in memory, added",
                                "",
                                0.1,
                                0.05,
                                found.of("list", GATEWAY, Variant.LIMITED.title(), Bar::added)),
                        most(
                                "p99 of recorded POSTs at 2,000/s, added",
                                " ms",
                                5,
                                5,
                                quick ? OptionalDouble.empty() : found.addedMillis("post", unrecorded, GATEWAY)),
                        most("memory less 64 MiB of cache, after POSTs", "", 1.5, 1.5, found.memory("post")),
                        most("memory less 64 MiB of cache, when that is full", "", 1.5, 1.5, found.memory("zipf")),
                        most(
                                "heap after collection, second half's most to first's",
                                " x",
                                Soak.TOLERANCE,
                                1,
                                soaks.stream()
                                        .filter(soak -> soak.refused() == 0)
                                        .mapToDouble(Soak::growth)
                                        .max()),
                        new Bar(
                                "requests/s with two event loops",
                                " x",
                                true,
                                1.7,
                                1.7,
                                found.of(
                                        "loops",
                                        GATEWAY,
                                        Variant.TWO_LOOPS.title(),
                                        (one, two) -> two.perSecond() / one.perSecond())))
                .toList();
    }

    /** The median of what each round has added. */
    private static double added(Row without, Row with) {
        return Median.of(IntStream.range(0, with.ratios().size())
                .mapToDouble(i -> with.ratios().get(i) - without.ratios().get(i))
                .toArray());
    }

    private static Bar most(String what, String unit, double limit, double aim, OptionalDouble found) {
        return new Bar(what, unit, false, limit, aim, found);
    }

    private String verdict() {
        if (found.isEmpty()) {
            return "not measured";
        }
        double value = found.getAsDouble();
        if (atLeast ? value >= limit : value <= limit) {
            return "pass";
        }
        return String.format(Locale.ROOT, "FAIL by %.2f%s", Math.abs(value - limit), unit);
    }

    String text() {
        return String.format(
                Locale.ROOT,
                "%-52s %9s %9s %9s  %s",
                what,
                found.isPresent() ? figure(found.getAsDouble()) : "",
                (atLeast ? ">= " : "") + figure(limit),
                figure(aim),
                verdict());
    }

    private String figure(double value) {
        return String.format(Locale.ROOT, "%.2f%s", value, unit);
    }

    JsonObject json() {
        return new JsonObject()
                .put("what", what)
                .put("found", found.isPresent() ? found.getAsDouble() : null)
                .put(atLeast ? "atLeast" : "atMost", limit)
                .put("aim", aim)
                .put("verdict", verdict());
    }

    /** Figures out of the lines of one run. */
    private record Found(List<Row> rows) {
        Found {
            rows = List.copyOf(rows);
        }

        private Optional<Row> row(String workload, String target) {
            return rows.stream()
                    .filter(row ->
                            row.workload().id().equals(workload) && row.target().equals(target) && row.isValid())
                    .findFirst();
        }

        OptionalDouble of(String workload, String one, String other, ToDoubleBiFunction<Row, Row> figure) {
            return row(workload, one)
                    .flatMap(first ->
                            row(workload, other).map(second -> OptionalDouble.of(figure.applyAsDouble(first, second))))
                    .orElseGet(OptionalDouble::empty);
        }

        OptionalDouble ratio(String workload, String target) {
            return of(workload, BARE, target, (bare, row) -> row.ratio());
        }

        /** Only at the rate that is asked for. */
        OptionalDouble addedMillis(String workload, String one, String other) {
            Optional<Latencies> without =
                    row(workload, one).flatMap(Row::latencies).filter(Found::isAtRate);
            Optional<Latencies> with =
                    row(workload, other).flatMap(Row::latencies).filter(Found::isAtRate);
            return without.isEmpty() || with.isEmpty()
                    ? OptionalDouble.empty()
                    : OptionalDouble.of(with.get().p99() - without.get().p99());
        }

        private static boolean isAtRate(Latencies latencies) {
            return latencies.perSecond() == RATE;
        }

        OptionalDouble memory(String workload) {
            return of(
                    workload, BARE, GATEWAY, (bare, row) -> (row.residentBytes() - CACHE_BYTES) / bare.residentBytes());
        }
    }
}
