package dev.botgate.bench;

import io.vertx.core.json.JsonObject;
import java.util.Locale;

/**
 * One line of the table.
 *
 * @param ratio of processor time to the yardstick's for the same request
 * @param p50 in milliseconds at the fixed rate, as the others
 * @param allocatedBytes for a request; 0 where nobody can tell
 * @param refused replies that were no 2xx: anything but 0 makes the line worthless
 */
record Row(
        Workload workload,
        String target,
        double userMicros,
        double systemMicros,
        double ratio,
        double perSecond,
        double p50,
        double p99,
        double p999,
        long residentBytes,
        long allocatedBytes,
        long refused) {

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

    double micros() {
        return userMicros + systemMicros;
    }

    String text() {
        String line = String.format(
                Locale.ROOT,
                "%-22s %8.1f %6.2f %11.0f %8.2f %8.2f %8.2f %7d %9s",
                target,
                micros(),
                ratio,
                perSecond,
                p50,
                p99,
                p999,
                residentBytes >> 20,
                allocatedBytes == 0 ? "" : String.format(Locale.ROOT, "%.1f", allocatedBytes / 1e3));
        return refused == 0 ? line : line + "  NOT VALID: " + refused + " replies were no 2xx";
    }

    JsonObject json() {
        return new JsonObject()
                .put("workload", workload.id())
                .put("target", target)
                .put("connections", workload.connections())
                .put("cpuUserMicros", userMicros)
                .put("cpuSystemMicros", systemMicros)
                .put("cpuMicros", micros())
                .put("ratio", ratio)
                .put("requestsPerSecond", perSecond)
                .put("p50Millis", p50)
                .put("p99Millis", p99)
                .put("p999Millis", p999)
                .put("residentBytes", residentBytes)
                .put("allocatedBytesPerRequest", allocatedBytes)
                .put("refused", refused);
    }
}
