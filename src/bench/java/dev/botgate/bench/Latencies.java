package dev.botgate.bench;

import java.util.Locale;
import java.util.Optional;
import org.HdrHistogram.Histogram;

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
