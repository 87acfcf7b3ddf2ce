package dev.botgate.bench;

import java.io.IOException;
import java.time.Duration;

/** How long each target is driven before it is measured. */
final class WarmUp {
    private static final Duration GLANCE = Duration.ofMillis(300);

    private final Plan plan;
    private final long begunNanos = System.nanoTime();
    private int left;

    WarmUp(Plan plan) {
        this.plan = plan;
        this.left = plan.workloads().stream().mapToInt(WarmUp::targets).sum();
    }

    private static int targets(Workload workload) {
        long rivals = workload.rivals().stream()
                .filter(rival -> rival.executable().isPresent())
                .count();
        return 1 + workload.variants().size() + (int) rivals;
    }

    /** Until its compilers rest: on a busy machine neither time nor count alone tells. */
    void of(Target target, LoadGenerator load) throws IOException {
        long end = System.nanoTime() + Math.min(plan.longestWarmUp().toNanos(), shareOfBudget());
        long working = plan.warmUp().toMillis() / 10;
        long before;
        do {
            before = target.compiledMillis();
            var unused = load.closedLoop(before == 0 ? GLANCE : plan.warmUp());
        } while (target.compiledMillis() - before > working && System.nanoTime() < end);
    }

    /** What is left for each target that is not warm yet, in nanoseconds. */
    private long shareOfBudget() {
        long passed = System.nanoTime() - begunNanos;
        long free = plan.budget().toNanos() - passed - left * plan.measuring().toNanos();
        return free / Math.max(1, left--);
    }
}
