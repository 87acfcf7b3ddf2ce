package dev.botgate.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** One workload, asked of all its targets in turn. What fails of one keeps the others from nothing, but for the yardstick. */
final class Comparison {
    private final Workload workload;
    private final Plan plan;
    private final Stage stage;
    private final Report report;
    private final Requests requests;
    private final Map<Tally, Optional<Variant>> tallies = new LinkedHashMap<>();

    Comparison(Workload workload, Plan plan, Stage stage, Report report) {
        this.workload = workload;
        this.plan = plan;
        this.stage = stage;
        this.report = report;
        this.requests = workload.requests().get();
    }

    /** Something that is done over connections that were opened for it. */
    private interface Turn {
        void with(Tally tally, LoadGenerator load) throws IOException;
    }

    /** What becomes of a target that has failed. */
    private interface Loss {
        void of(Tally tally) throws IOException;
    }

    /** The targets of {@code workload} that start, the yardstick first, and of which variant they are. */
    static Map<Target, Optional<Variant>> targets(Workload workload, Stage stage, Report report)
            throws IOException, InterruptedException {
        Map<Target, Optional<Variant>> targets = new LinkedHashMap<>();
        targets.put(stage.yardstick(), Optional.empty());
        for (Variant variant : workload.variants()) {
            try {
                targets.put(stage.gateway(variant), Optional.of(variant));
            } catch (IOException | RuntimeException e) {
                report.missed(workload.id() + ": " + variant.title(), e);
            }
        }
        for (Rival rival : workload.rivals()) {
            try {
                stage.rival(rival).ifPresent(target -> targets.put(target, Optional.empty()));
            } catch (IOException | RuntimeException e) {
                report.leftOut(workload.id() + ": " + rival.title(), e);
            }
        }
        return targets;
    }

    /** All targets warm, then in turn, round after round. */
    List<Row> rows(WarmUp warmUp) throws IOException, InterruptedException {
        targets(workload, stage, report).forEach((target, variant) -> tallies.put(new Tally(target), variant));
        RecordCheck records = new RecordCheck(stage, workload);
        Tally yardstick = tallies.keySet().iterator().next();
        Loss whole = tally -> {
            if (tally.equals(yardstick)) {
                throw new IOException("There is nothing to compare with");
            }
            tallies.remove(tally);
        };
        each(inTurn(0), whole, (tally, load) -> warmUp.of(tally.target(), load));
        stage.settle();
        for (int round = 0; round < plan.rounds(); round++) {
            each(inTurn(round), whole, (tally, load) -> tally.measure(load, plan, stage));
        }
        int perSecond = plan.rate(
                tallies.keySet().stream().mapToDouble(Tally::perSecond).min().orElseThrow());
        stage.settle();
        for (int round = 0; round < plan.latencyRounds(); round++) {
            each(inTurn(round), Tally::forgetLatencies, (tally, load) -> tally.measureLatency(load, perSecond, plan));
        }
        List<Row> rows = new ArrayList<>();
        for (Map.Entry<Tally, Optional<Variant>> each : tallies.entrySet()) {
            Tally tally = each.getKey();
            String unrecorded = each.getValue().isEmpty()
                    ? ""
                    : records.fault(each.getValue().get(), tally.accepted());
            rows.add(tally.row(workload, yardstick, unrecorded));
        }
        return rows;
    }

    /** There and back again, so that nobody always follows whoever leaves work behind, such as to PostgreSQL. */
    private List<Tally> inTurn(int round) {
        List<Tally> order = new ArrayList<>(tallies.keySet());
        if (round % 2 == 1) {
            Collections.reverse(order);
        }
        return order;
    }

    private void each(List<Tally> order, Loss loss, Turn turn) throws IOException {
        for (Tally tally : order) {
            try {
                drive(tally, turn);
            } catch (IOException | UncheckedIOException e) {
                Target target = tally.target();
                report.missed(
                        workload.id() + ": " + target.name() + ", which logs to "
                                + target.program().log(),
                        e);
                loss.of(tally);
            }
        }
    }

    private void drive(Tally tally, Turn turn) throws IOException {
        LoadGenerator load = LoadGenerator.open(tally.target().port(), workload.connections(), requests);
        try (load) {
            turn.with(tally, load);
        } finally {
            tally.accepted(load.accepted());
        }
    }

    /** Whether what gateways have answered is on record: else what they were measured at was not what they are for. */
    static final class RecordCheck {
        private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
        private static final long PAUSE_MILLIS = 100;

        private final Stage stage;
        private final Workload workload;
        private final long outcomesBefore;
        private final long journalBefore;

        /** From now on. */
        RecordCheck(Stage stage, Workload workload) throws IOException {
            this.stage = stage;
            this.workload = workload;
            this.outcomesBefore = workload.mutates() ? stage.outcomes() : 0;
            this.journalBefore = workload.mutates() ? stage.journalBytes() : 0;
        }

        /**
         * What is missing of {@code accepted} mutations by {@code variant}, the only one of its workload that records in its way;
         * empty where nothing is.
         */
        String fault(Variant variant, long accepted) throws IOException, InterruptedException {
            if (!workload.mutates() || accepted == 0) {
                return "";
            }
            if (variant == Variant.JOURNALING) {
                return stage.journalBytes() > journalBefore ? "" : "nothing in the journal";
            }
            try {
                return variant.recordsInPostgres() ? missing(accepted) : "";
            } catch (IllegalStateException e) {
                return "its records could not be counted: " + e.getMessage();
            }
        }

        private String missing(long accepted) throws InterruptedException {
            long end = System.nanoTime() + PATIENCE_NANOS;
            long recorded = stage.outcomes() - outcomesBefore;
            while (recorded < accepted && System.nanoTime() < end) {
                Thread.sleep(PAUSE_MILLIS);
                recorded = stage.outcomes() - outcomesBefore;
            }
            return recorded < accepted ? accepted - recorded + " of " + accepted + " not recorded" : "";
        }
    }

    /** How long each target is driven before it is measured. */
    static final class WarmUp {
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
            long free =
                    plan.budget().toNanos() - passed - left * plan.measuring().toNanos();
            return free / Math.max(1, left--);
        }
    }
}
