package dev.botgate.bench;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/**
 * One line of the table.
 *
 * @param ratios of processor time to the yardstick's for the same request, in each round
 * @param latencies empty where they could not be measured
 * @param allocatedBytes for a request; 0 where nobody can tell
 * @param unforwarded the share of requests that the upstream has not seen
 * @param fault what makes the line worthless; empty where nothing does
 */
record Row(
        Workload workload,
        String target,
        double userMicros,
        double systemMicros,
        List<Double> ratios,
        double perSecond,
        Optional<Latencies> latencies,
        long residentBytes,
        long allocatedBytes,
        double unforwarded,
        String fault) {
    private static final double WORTH_SAYING = 0.01;

    static final String HEADING = String.format(
            Locale.ROOT,
            "%-22s %8s %6s %11s %8s %8s %8s %7s %9s",
            "",
            "CPU µs",
            "ratio",
            "requests/s",
            "p50 ms",
            "p99 ms",
            "p99.9",
            "RSS MB",
            "alloc kB");

    Row {
        ratios = List.copyOf(ratios);
    }

    double micros() {
        return userMicros + systemMicros;
    }

    double ratio() {
        return Median.of(ratios);
    }

    boolean isValid() {
        return fault.isEmpty();
    }

    String text() {
        String line = String.format(
                Locale.ROOT,
                "%-22s %8.1f %6.2f %11.0f %s %7d %9s",
                target,
                micros(),
                ratio(),
                perSecond,
                Latencies.text(latencies),
                residentBytes >> 20,
                allocatedBytes == 0 ? "" : String.format(Locale.ROOT, "%.1f", allocatedBytes / 1e3));
        String hits = unforwarded < WORTH_SAYING
                ? ""
                : String.format(Locale.ROOT, "  %.0f %% from the cache", unforwarded * 100);
        return line + hits + (isValid() ? "" : "  NOT VALID: " + fault);
    }

    JsonObject json() {
        JsonObject json = new JsonObject()
                .put("workload", workload.id())
                .put("target", target)
                .put("connections", workload.connections())
                .put("cpuUserMicros", userMicros)
                .put("cpuSystemMicros", systemMicros)
                .put("cpuMicros", micros())
                .put("ratio", ratio())
                .put("ratios", ratios)
                .put("requestsPerSecond", perSecond)
                .put("residentBytes", residentBytes)
                .put("allocatedBytesPerRequest", allocatedBytes)
                .put("fromCache", unforwarded)
                .put("valid", isValid())
                .put("fault", fault);
        latencies.ifPresent(found -> json.put("ratePerSecond", found.perSecond())
                .put("p50Millis", found.p50())
                .put("p99Millis", found.p99())
                .put("p999Millis", found.p999()));
        return json;
    }

    /**
     * How long replies took at a fixed rate.
     *
     * @param p50 in milliseconds, as the others
     */
    record Latencies(int perSecond, double p50, double p99, double p999) {

        static Latencies of(int perSecond, Histogram nanos) {
            return new Latencies(
                    perSecond,
                    nanos.getValueAtPercentile(50) / 1e6,
                    nanos.getValueAtPercentile(99) / 1e6,
                    nanos.getValueAtPercentile(99.9) / 1e6);
        }

        /** As three columns; empty ones where there are none. */
        static String text(Optional<Latencies> latencies) {
            return latencies
                    .map(found -> String.format(Locale.ROOT, "%8.2f %8.2f %8.2f", found.p50, found.p99, found.p999))
                    .orElse(String.format(Locale.ROOT, "%8s %8s %8s", "", "", ""));
        }
    }
}
