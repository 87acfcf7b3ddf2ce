package dev.botgate.bench;

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
    /** As many minutes at both ends are compared. */
    static final int COMPARED = 3;

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
        try (Load posts = Load.open(
                        gateway.port(),
                        CONNECTIONS,
                        Workload.named("post").requests().get());
                Load lists = Load.open(
                        gateway.port(),
                        CONNECTIONS,
                        Workload.named("zipf").requests().get())) {
            int perSecond = plan.rate(Math.min(
                    posts.closedLoop(TURN).perSecond(), lists.closedLoop(TURN).perSecond()));
            for (int minute = 0; minute < plan.soakMinutes(); minute++) {
                for (int turn = 0; turn < TURNS_OF_EACH; turn++) {
                    for (Load load : List.of(posts, lists)) {
                        Load.Run run = load.atRate(perSecond, TURN);
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
        try (Load load = Load.open(gateway.port(), CONNECTIONS, Workload.everyList())) {
            for (int i = 0; i <= Workload.CONVERSATIONS / CONNECTIONS; i++) {
                load.once();
            }
        }
    }

    /** Whether the last minutes hold no more than those after the first. */
    boolean flat() {
        return refused == 0 && growth() <= TOLERANCE;
    }

    /** The last minutes to those after the first. */
    double growth() {
        return late() / early();
    }

    private double early() {
        return Median.of(liveBytes.subList(1, 1 + COMPARED));
    }

    private double late() {
        return Median.of(liveBytes.subList(liveBytes.size() - COMPARED, liveBytes.size()));
    }

    String text() {
        return String.format(
                Locale.ROOT,
                "soak: %d requests in %d minutes, %d refused; live after minutes 2 to %d: %.1f MB, after the last %d: %.1f MB: %s",
                count,
                liveBytes.size(),
                refused,
                1 + COMPARED,
                early() / 1e6,
                COMPARED,
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
