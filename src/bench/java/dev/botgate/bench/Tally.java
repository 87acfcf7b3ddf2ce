package dev.botgate.bench;

import dev.botgate.bench.Row.Latencies;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/** What was seen of one target under one workload. */
final class Tally {
    private final Target target;
    private final List<Round> rounds = new ArrayList<>();
    private final Histogram latency = new Histogram(1_000, TimeUnit.MINUTES.toNanos(1), 3);
    private Optional<Latencies> latencies = Optional.empty();
    private boolean slow;
    private long accepted;
    private long refused;

    Tally(Target target) {
        this.target = target;
    }

    /** A round in closed loop, for one request. */
    private record Round(
            double userMicros, double systemMicros, double perSecond, double allocatedBytes, double unforwarded) {
        double micros() {
            return userMicros + systemMicros;
        }
    }

    Target target() {
        return target;
    }

    /** So many more requests were answered with 2xx, measured or not. */
    void accepted(long more) {
        accepted += more;
    }

    long accepted() {
        return accepted;
    }

    /** In closed loop. */
    double perSecond() {
        return median(Round::perSecond);
    }

    /** Closed loop: what a request costs, and how many there can be. */
    void measure(LoadGenerator load, Plan plan, Stage stage) throws IOException {
        load.once();
        long forwardedBefore = stage.forwarded();
        Usage before = target.usage();
        long allocatedBefore = target.allocatedBytes();
        LoadGenerator.Run run = load.closedLoop(plan.closedLoop());
        Usage.Time used = target.usage().since(before);
        long allocated = target.allocatedBytes() - allocatedBefore;
        long forwarded = stage.forwarded() - forwardedBefore;
        refused += run.refused();
        rounds.add(new Round(
                used.userNanos() / 1e3 / run.count(),
                used.systemNanos() / 1e3 / run.count(),
                run.perSecond(),
                (double) allocated / run.count(),
                1 - (double) forwarded / run.count()));
    }

    /** Fixed rate: how long a request takes when it does not wait for its predecessor's reply. */
    void measureLatency(LoadGenerator load, int perSecond, Plan plan) throws IOException {
        if (slow) {
            return;
        }
        load.once();
        LoadGenerator.Run run = load.atRate(perSecond, plan.atRate());
        refused += run.refused();
        latency.add(run.latency());
        latencies = Optional.of(Latencies.of(perSecond, latency));
    }

    /** It cannot be measured at a fixed rate; what else was seen of it stays. */
    void forgetLatencies() {
        slow = true;
        latencies = Optional.empty();
    }

    /**
     * Medians over the rounds; ratios are those of each round to the same round of {@code yardstick}.
     *
     * @param unrecorded what is wrong with its records; empty where nothing is
     */
    Row row(Workload workload, Tally yardstick, String unrecorded) throws IOException {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < rounds.size(); i++) {
            ratios.add(rounds.get(i).micros() / yardstick.rounds.get(i).micros());
        }
        return new Row(
                workload,
                target.name(),
                median(Round::userMicros),
                median(Round::systemMicros),
                ratios,
                perSecond(),
                latencies,
                target.residentBytes(),
                Math.round(median(Round::allocatedBytes)),
                median(Round::unforwarded),
                refused == 0 ? unrecorded : refused + " replies were no 2xx");
    }

    private double median(ToDoubleFunction<Round> figure) {
        return Median.of(rounds.stream().mapToDouble(figure).toArray());
    }
}
