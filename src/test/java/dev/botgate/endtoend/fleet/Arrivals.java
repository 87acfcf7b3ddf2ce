package dev.botgate.endtoend.fleet;

import dev.botgate.ratelimit.Window;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What reached the connector, by its own monotonic clock, in order. */
record Arrivals(List<Arrival> all) {

    /** One request. */
    record Arrival(long nanos, String bot, String conversation, String requestId) {}

    /** A limit as it is documented, without any margin. */
    record Rule(String name, Function<Arrival, String> scope, List<Window> windows) {
        Rule(String name, Function<Arrival, String> scope, String windows) {
            this(name, scope, Window.parse(windows));
        }
    }

    /**
     * How a rule was kept.
     *
     * @param exceeded each window that held too many, in words
     * @param spareMillis by how much the closest window was kept
     */
    record Kept(String rule, int scopes, int arrivals, List<String> exceeded, double spareMillis) {
        @Override
        public String toString() {
            return "%s: %d arrivals in %d scopes, %d windows exceeded, %.1f ms to spare at the closest"
                    .formatted(rule, arrivals, scopes, exceeded.size(), spareMillis);
        }
    }

    /** Slides every window of {@code rule} over every arrival. */
    Kept kept(Rule rule) {
        Map<String, List<Long>> scopes = new LinkedHashMap<>();
        all.forEach(arrival -> scopes.computeIfAbsent(rule.scope().apply(arrival), first -> new ArrayList<>())
                .add(arrival.nanos()));
        List<String> exceeded = new ArrayList<>();
        double spare = Double.POSITIVE_INFINITY;
        for (Map.Entry<String, List<Long>> scope : scopes.entrySet()) {
            List<Long> times = scope.getValue();
            for (Window window : rule.windows()) {
                for (int i = 0; i + window.permits() < times.size(); i++) {
                    double millis = (times.get(i + window.permits()) - times.get(i)) / 1e6
                            - window.length().toMillis();
                    spare = Math.min(spare, millis);
                    if (millis < 0) {
                        exceeded.add("%s %s: %d arrivals in %.1f ms less, %.3f s after the first"
                                .formatted(
                                        rule.name(),
                                        window,
                                        window.permits() + 1,
                                        -millis,
                                        (times.get(i) - first()) / 1e9));
                    }
                }
            }
        }
        return new Kept(rule.name(), scopes.size(), all.size(), exceeded, spare);
    }

    /**
     * Each span of whole windows that held more than these allow, however long anything stood on its way: all that is counted
     * was sent after the span's beginning and arrived before its end, so its permits lie between.
     *
     * @param sent when a request was sent, by the same clock; only those that are here count
     */
    List<String> certainlyExceeded(Rule rule, Map<String, Long> sent) {
        Map<String, List<Arrival>> scopes = all.stream()
                .filter(arrival -> sent.containsKey(arrival.requestId()))
                .collect(Collectors.groupingBy(rule.scope()));
        List<String> exceeded = new ArrayList<>();
        for (List<Arrival> scope : scopes.values()) {
            for (Window window : rule.windows()) {
                for (Arrival first : scope) {
                    long from = sent.get(first.requestId());
                    long[] spans = scope.stream()
                            .filter(arrival -> sent.get(arrival.requestId()) >= from)
                            .mapToLong(arrival ->
                                    (arrival.nanos() - from) / window.length().toNanos())
                            .sorted()
                            .toArray();
                    for (int i = 0; i < spans.length; i++) {
                        if (i + 1 > window.permits() * (spans[i] + 1)) {
                            exceeded.add("%s %s: %d in %d windows, %.3f s after the first"
                                    .formatted(rule.name(), window, i + 1, spans[i] + 1, (from - first()) / 1e9));
                        }
                    }
                }
            }
        }
        return exceeded;
    }

    long first() {
        return all.get(0).nanos();
    }

    /** Those from {@code from} on, before {@code to}, on the connector's clock. */
    Arrivals between(long from, long to) {
        return new Arrivals(all.stream()
                .filter(arrival -> arrival.nanos() >= from && arrival.nanos() < to)
                .toList());
    }

    /** Those of bots or conversations whose name begins with {@code prefix}. */
    Arrivals of(Function<Arrival, String> name, String prefix) {
        return new Arrivals(all.stream()
                .filter(arrival -> name.apply(arrival).startsWith(prefix))
                .toList());
    }

    /** How many came of each bot. */
    Map<String, Long> byBot() {
        return all.stream().collect(Collectors.groupingBy(Arrival::bot, LinkedHashMap::new, Collectors.counting()));
    }

    /** Jain's index of what each bot got. */
    double jain() {
        double sum = all.size();
        double squares =
                byBot().values().stream().mapToDouble(n -> (double) n * n).sum();
        return sum * sum / (byBot().size() * squares);
    }

    /** The part that these are of what {@code window} allows {@code scopes} of them in {@code seconds}. */
    double use(Window window, int scopes, double seconds) {
        return all.size()
                / (scopes * window.permits() * seconds * 1_000 / window.length().toMillis());
    }
}
