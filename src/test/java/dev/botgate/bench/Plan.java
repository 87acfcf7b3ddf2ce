package dev.botgate.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * How long and how often is measured.
 *
 * @param warmUp for each JVM before each workload, at least
 * @param longestWarmUp when its compilers still work after that
 * @param budget for all workloads together: where it gets short, JVMs are warmed less
 * @param rounds in each of which every target has its turn
 * @param perSecond the fixed rate
 * @param micro whether the hot pieces are measured too
 * @param idle whether idle connections are
 * @param soakMinutes how long the heap is watched; 0 for not at all
 * @param profile whether the gateways record where their time goes
 */
record Plan(
        boolean quick,
        Duration warmUp,
        Duration longestWarmUp,
        Duration budget,
        int rounds,
        Duration closedLoop,
        Duration atRate,
        int perSecond,
        List<Workload> workloads,
        boolean micro,
        boolean idle,
        int soakMinutes,
        boolean profile) {
    private static final Set<String> NO_WORKLOADS = Set.of("micro", "idle", "soak");

    /**
     * By {@code -Dbench.quick}, {@code -Dbench.workloads=get,post}, {@code -Dbench.rate=2000}, {@code -Dbench.minutes=10}
     * of a soak, and {@code -Dbench.profile}.
     */
    static Plan ofProperties() {
        boolean quick = asked("bench.quick");
        List<String> named = Arrays.stream(
                        System.getProperty("bench.workloads", "").split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
        List<Workload> workloads = named.isEmpty()
                ? Workload.all(Runtime.getRuntime().availableProcessors())
                : named.stream()
                        .filter(name -> !NO_WORKLOADS.contains(name))
                        .map(Workload::named)
                        .toList();
        return new Plan(
                quick,
                quick ? Duration.ofMillis(800) : Duration.ofSeconds(10),
                quick ? Duration.ofSeconds(8) : Duration.ofSeconds(60),
                quick ? Duration.ofSeconds(75) : Duration.ofHours(2),
                quick ? 2 : 5,
                quick ? Duration.ofMillis(500) : Duration.ofSeconds(3),
                quick ? Duration.ofMillis(400) : Duration.ofSeconds(4),
                Integer.getInteger("bench.rate", 2_000),
                workloads,
                named.isEmpty() ? !quick : named.contains("micro"),
                named.isEmpty() || named.contains("idle"),
                named.contains("soak") ? minutes() : 0,
                asked("bench.profile"));
    }

    /** How long one target is measured in one workload, once it is warm. */
    Duration measuring() {
        return closedLoop.multipliedBy(rounds).plus(atRate.multipliedBy(latencyRounds()));
    }

    /** How many of the rounds are repeated at the fixed rate. */
    int latencyRounds() {
        return Math.max(1, rounds / 2);
    }

    private static boolean asked(String property) {
        String value = System.getProperty(property, "false");
        return value.isEmpty() || value.equals("true");
    }

    private static int minutes() {
        int minutes = Integer.getInteger("bench.minutes", 10);
        if (minutes <= Soak.COMPARED) {
            throw new IllegalArgumentException(
                    "bench.minutes: " + minutes + " (expected: more than " + Soak.COMPARED + ")");
        }
        return minutes;
    }
}
