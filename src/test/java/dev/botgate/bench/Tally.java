package dev.botgate.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/** What was seen of one target under one workload. */
final class Tally {
    private final Target target;
    private final List<Round> rounds = new ArrayList<>();
    private final Histogram latency = new Histogram(1_000, TimeUnit.MINUTES.toNanos(1), 3);
    private long refused;

    Tally(Target target) {
        this.target = target;
    }

    /** A round in closed loop, for one request. */
    private record Round(double userMicros, double systemMicros, double perSecond, double allocatedBytes) {
        double micros() {
            return userMicros + systemMicros;
        }
    }

    Target target() {
        return target;
    }

    /** Closed loop: what a request costs, and how many there can be. */
    void measure(Load load, Plan plan) throws IOException {
        load.once();
        Usage before = target.usage();
        long allocatedBefore = target.allocatedBytes();
        Load.Run run = load.closedLoop(plan.closedLoop());
        Usage.Time used = target.usage().since(before);
        long allocated = target.allocatedBytes() - allocatedBefore;
        refused += run.refused();
        rounds.add(new Round(
                used.userNanos() / 1e3 / run.count(),
                used.systemNanos() / 1e3 / run.count(),
                run.perSecond(),
                (double) allocated / run.count()));
    }

    /** Fixed rate: how long a request takes when it does not wait for its predecessor's reply. */
    void measureLatency(Load load, Plan plan) throws IOException {
        load.once();
        Load.Run run = load.atRate(plan.perSecond(), plan.atRate());
        refused += run.refused();
        latency.add(run.latency());
    }

    /** Medians over the rounds; the ratio is that of each round to the same round of {@code yardstick}. */
    Row row(Workload workload, Tally yardstick) throws IOException {
        double[] ratios = new double[rounds.size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = rounds.get(i).micros() / yardstick.rounds.get(i).micros();
        }
        return new Row(
                workload,
                target.name(),
                median(Round::userMicros),
                median(Round::systemMicros),
                median(ratios),
                median(Round::perSecond),
                latency.getValueAtPercentile(50) / 1e6,
                latency.getValueAtPercentile(99) / 1e6,
                latency.getValueAtPercentile(99.9) / 1e6,
                target.residentBytes(),
                Math.round(median(Round::allocatedBytes)),
                refused);
    }

    private double median(ToDoubleFunction<Round> figure) {
        return median(rounds.stream().mapToDouble(figure).toArray());
    }

    private static double median(double[] figures) {
        double[] sorted = figures.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
