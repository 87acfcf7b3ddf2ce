package dev.botgate.measurement;

import java.util.Arrays;
import java.util.Locale;

/** Times that something took. Not for several threads. */
final class Latencies {
    private long[] nanos = new long[1_024];
    private int count;

    void add(long taken) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, count * 2);
        }
        nanos[count++] = taken;
    }

    int count() {
        return count;
    }

    /** The time within which {@code share} of them lie, in milliseconds. */
    double millis(double share) {
        if (count == 0) {
            return Double.NaN;
        }
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        return sorted[Math.min(count - 1, (int) (share * count))] / 1e6;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms, longest %.2f ms (%d)",
                millis(0.5),
                millis(0.99),
                millis(0.999),
                millis(1),
                count);
    }
}
