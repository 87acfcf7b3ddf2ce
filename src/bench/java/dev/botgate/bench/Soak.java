package dev.botgate.bench;

import dev.botgate.bench.ProbeAgent.JvmProbe;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a gateway's heap holds after collection, minute by minute under load: half of it recorded POSTs, half member lists
 * of more conversations than the cache holds.
 *
 * @param liveBytes at the end of each minute; the cache was full before the first
 */
record Soak(List<Long> liveBytes, long count, long refused) {
    /** So many at least, for halves that both have the rise and fall of a cache whose lists grow old together. */
    static final int FEWEST_MINUTES = 8;

    private static final int CONNECTIONS = 32;
    private static final Duration TURN = Duration.ofSeconds(5);
    private static final int TURNS_OF_EACH = 6;
    static final double TOLERANCE = 1.05;

    Soak {
        liveBytes = List.copyOf(liveBytes);
    }

    /** Loads {@code gateway} at the plan's rate, or at what it can take of it. */
    static Soak of(Target gateway, Plan plan) throws IOException {
        JvmProbe probe = gateway.probe();
        if (probe == null) {
            throw new IOException(gateway.name() + " is no JVM");
        }
        fillCache(gateway);
        List<Long> live = new ArrayList<>();
        long count = 0;
        long refused = 0;
        try (LoadGenerator posts = LoadGenerator.open(
                        gateway.port(),
                        CONNECTIONS,
                        Workload.named("post").requests().get());
                LoadGenerator lists = LoadGenerator.open(
                        gateway.port(),
                        CONNECTIONS,
                        Workload.named("zipf").requests().get())) {
            int perSecond = plan.rate(Math.min(
                    posts.closedLoop(TURN).perSecond(), lists.closedLoop(TURN).perSecond()));
            for (int minute = 0; minute < plan.soakMinutes(); minute++) {
                for (int turn = 0; turn < TURNS_OF_EACH; turn++) {
                    for (LoadGenerator load : List.of(posts, lists)) {
                        LoadGenerator.Run run = load.atRate(perSecond, TURN);
                        count += run.count();
                        refused += run.refused();
                    }
                }
                live.add(probe.liveBytes());
                System.out.printf(
                        Locale.ROOT, "soak: minute %d, %.1f MB live on the heap%n", minute + 1, live.get(minute) / 1e6);
            }
        }
        return new Soak(live, count, refused);
    }

    /** Each list once: else the heap would grow with the cache, up to its bound. */
    private static void fillCache(Target gateway) throws IOException {
        try (LoadGenerator load = LoadGenerator.open(gateway.port(), CONNECTIONS, Workload.everyList())) {
            for (int i = 0; i <= Workload.CONVERSATIONS / CONNECTIONS; i++) {
                load.once();
            }
        }
    }

    /** Whether the second half held no more than the first. */
    boolean flat() {
        return refused == 0 && growth() <= TOLERANCE;
    }

    /** The most that was live in the second half, to the most in the first. */
    double growth() {
        return late() / early();
    }

    private double early() {
        return most(liveBytes.subList(0, liveBytes.size() / 2));
    }

    private double late() {
        return most(liveBytes.subList(liveBytes.size() / 2, liveBytes.size()));
    }

    private static double most(List<Long> bytes) {
        return bytes.stream().mapToLong(Long::longValue).max().orElseThrow();
    }

    String text() {
        return String.format(
                Locale.ROOT,
                "soak: %d requests in %d minutes, %d refused; live at most %.1f MB in the first half, %.1f MB in the second: %s",
                count,
                liveBytes.size(),
                refused,
                early() / 1e6,
                late() / 1e6,
                flat() ? "flat, pass" : "FAIL");
    }

    JsonObject json() {
        return new JsonObject()
                .put("liveBytes", liveBytes)
                .put("requests", count)
                .put("refused", refused)
                .put("flat", flat());
    }
}
