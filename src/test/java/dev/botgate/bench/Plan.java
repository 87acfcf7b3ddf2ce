package dev.botgate.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * How long and how often is measured.
 *
 * @param warmUp for each JVM before each workload, at least
 * @param longestWarmUp when its compilers still work after that
 * @param rounds in each of which every target has its turn
 * @param perSecond the fixed rate
 * @param micro whether the hot pieces are measured too
 * @param idle whether idle connections are
 */
record Plan(
        boolean quick,
        Duration warmUp,
        Duration longestWarmUp,
        int rounds,
        Duration closedLoop,
        Duration atRate,
        int perSecond,
        List<Workload> workloads,
        boolean micro,
        boolean idle) {

    /** By {@code -Dbench.quick}, {@code -Dbench.workloads=get,post} and {@code -Dbench.rate=2000}. */
    static Plan ofProperties() {
        String quickly = System.getProperty("bench.quick", "false");
        boolean quick = quickly.isEmpty() || quickly.equals("true");
        List<String> named = Arrays.stream(
                        System.getProperty("bench.workloads", "").split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
        List<Workload> workloads = named.isEmpty()
                ? Workload.all(quick)
                : named.stream()
                        .filter(name -> !name.equals("micro") && !name.equals("idle"))
                        .map(Workload::named)
                        .toList();
        return new Plan(
                quick,
                quick ? Duration.ofMillis(1_500) : Duration.ofSeconds(10),
                quick ? Duration.ofSeconds(5) : Duration.ofSeconds(60),
                quick ? 2 : 5,
                quick ? Duration.ofMillis(800) : Duration.ofSeconds(3),
                quick ? Duration.ofMillis(700) : Duration.ofSeconds(4),
                Integer.getInteger("bench.rate", 2_000),
                workloads,
                named.isEmpty() || named.contains("micro"),
                named.isEmpty() ? !quick : named.contains("idle"));
    }
}
