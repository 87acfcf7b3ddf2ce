package dev.botgate.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
}
