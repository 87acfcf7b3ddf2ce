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
 * @param latencyRounds how many are added at the fixed rate
 * @param perSecond the fixed rate, where that is not too much for a target
 * @param micro whether the hot pieces are measured too
 * @param idle whether idle connections are
 * @param soakMinutes how long the heap is watched; 0 for not at all
 * @param profile whether the gateways record where their time goes
 * @param pinned whether what is measured has a processor for itself
 */
record Plan(
        boolean quick,
        Duration warmUp,
        Duration longestWarmUp,
        Duration budget,
        int rounds,
        Duration closedLoop,
        int latencyRounds,
        Duration atRate,
        int perSecond,
        List<Workload> workloads,
        boolean micro,
        boolean idle,
        int soakMinutes,
        boolean profile,
        boolean pinned) {
    private static final Set<String> NO_WORKLOADS = Set.of("micro", "idle", "soak");

    /**
     * By {@code -Dbench.quick}, {@code -Dbench.workloads=get,post}, {@code -Dbench.rate=2000}, {@code -Dbench.minutes=10}
     * of a soak, {@code -Dbench.profile}, and {@code -Dbench.pinned}.
     */
    static Plan ofProperties() {
        boolean quick = asked("bench.quick");
        boolean pinned = asked("bench.pinned");
        List<String> named = Arrays.stream(
                        System.getProperty("bench.workloads", "").split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
        List<Workload> workloads = named.isEmpty()
                ? Workload.all(Runtime.getRuntime().availableProcessors(), pinned)
                : named.stream()
                        .filter(name -> !NO_WORKLOADS.contains(name))
                        .map(Workload::named)
                        .toList();
        if (pinned && workloads.stream().anyMatch(Workload::isForLoops)) {
            throw new IllegalArgumentException(
                    "bench.workloads: loops (expected: not with bench.pinned, which leaves a gateway one processor)");
        }
        return new Plan(
                quick,
                quick ? Duration.ofMillis(800) : Duration.ofSeconds(10),
                quick ? Duration.ofSeconds(8) : Duration.ofSeconds(60),
                quick ? Duration.ofSeconds(75) : Duration.ofMinutes(34),
                quick ? 2 : 5,
                quick ? Duration.ofMillis(500) : Duration.ofSeconds(3),
                quick ? 1 : 3,
                quick ? Duration.ofMillis(400) : Duration.ofSeconds(5),
                Integer.getInteger("bench.rate", 2_000),
                workloads,
                named.isEmpty() ? !quick : named.contains("micro"),
                named.isEmpty() || named.contains("idle"),
                named.contains("soak") ? minutes() : 0,
                asked("bench.profile"),
                pinned);
    }

    /** How long one target is measured in one workload, once it is warm. */
    Duration measuring() {
        return closedLoop.multipliedBy(rounds).plus(atRate.multipliedBy(latencyRounds));
    }

    /**
     * The fixed rate for targets of which the slowest answers so many a second in closed loop: a third of that at most, as
     * a round number, so that what is measured is no queue.
     */
    int rate(double slowestPerSecond) {
        double third = slowestPerSecond / 3;
        int step = third >= 1_000 ? 100 : third >= 100 ? 10 : 1;
        long rounded = ((long) (third / step)) * step;
        return (int) Math.max(1, Math.min(perSecond, rounded));
    }

    private static boolean asked(String property) {
        String value = System.getProperty(property, "false");
        return value.isEmpty() || value.equals("true");
    }

    private static int minutes() {
        int minutes = Integer.getInteger("bench.minutes", 10);
        if (minutes < Soak.FEWEST_MINUTES) {
            throw new IllegalArgumentException(
                    "bench.minutes: " + minutes + " (expected: at least " + Soak.FEWEST_MINUTES + ")");
        }
        return minutes;
    }
}
