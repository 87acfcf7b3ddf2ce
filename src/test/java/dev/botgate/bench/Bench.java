package dev.botgate.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Measures the packaged gateway: {@code mvn -Pbench verify}, with {@code -Dbench.quick} in short, {@code
 * -Dbench.workloads=get,post} only some, {@code -Dbench.jdk=HOME} on another Java, {@code -Dbench.profile} with a flight
 * recording of each gateway.
 */
public final class Bench {
    private static final Duration GLANCE = Duration.ofMillis(300);

    private final Plan plan;
    private final Stage stage;
    private final Report report;
    private final long begunNanos = System.nanoTime();
    private int toWarm;

    private Bench(Plan plan, Stage stage, Report report) {
        this.plan = plan;
        this.toWarm = plan.workloads().stream()
                .mapToInt(workload -> 1 + workload.variants().size())
                .sum();
        this.stage = stage;
        this.report = report;
    }

    /** Takes the packaged jar and the directory to write to. */
    public static void main(String[] arguments) throws Exception {
        System.setProperty("logback.configurationFile", "dev/botgate/bench/logback.xml");
        Path jar = Path.of(arguments[0]);
        Path directory = Path.of(arguments[1]).toAbsolutePath();
        Plan plan = Plan.ofProperties();
        Jdk jdk = Jdk.find();
        Path stageDirectory = directory.resolve("stage");
        delete(stageDirectory);
        Files.createDirectories(stageDirectory);
        Report report = new Report(directory, plan, jdk);
        boolean complete;
        try (Stage stage = new Stage(jdk, jar, stageDirectory, plan.profile())) {
            Thread ending = new Thread(stage::close, "end of what was started");
            Runtime.getRuntime().addShutdownHook(ending);
            complete = new Bench(plan, stage, report).run();
        }
        if (plan.micro() && HotPieces.areThere()) {
            report.micro(HotPieces.measure(plan, jdk, directory));
        } else if (plan.micro()) {
            complete = false;
            System.out.printf(
                    "%nmicro: could not be measured: JMH's classes are not built (expected: mvn clean before)%n");
        }
        report.write();
        System.exit(complete ? 0 : 1);
    }

    /** Whether all could be measured; what cannot be does not keep the rest from it. */
    private boolean run() throws IOException, InterruptedException {
        boolean complete = true;
        for (Workload workload : plan.workloads()) {
            try {
                report.workload(workload, measure(workload));
            } catch (IOException e) {
                complete = false;
                System.out.printf("%n%s: could not be measured: %s: %s%n", workload.id(), e.getMessage(), e.getCause());
            }
        }
        if (plan.idle()) {
            List<IdleConnections> found = new ArrayList<>();
            for (Target target : targets(Workload.GET)) {
                found.add(IdleConnections.of(target, Workload.GET.requests().get()));
            }
            report.idle(found);
        }
        if (plan.soakMinutes() > 0) {
            report.soak(Soak.of(stage.gateway(Variant.SHIPPED), plan));
        }
        return complete;
    }

    /** The yardstick first. */
    private List<Target> targets(Workload workload) throws IOException, InterruptedException {
        List<Target> targets = new ArrayList<>(List.of(stage.yardstick()));
        for (Variant variant : workload.variants()) {
            targets.add(stage.gateway(variant));
        }
        for (Rival rival : workload.rivals()) {
            stage.rival(rival).ifPresent(targets::add);
        }
        return targets;
    }

    /** All targets warm, then in turn, round after round. */
    private List<Row> measure(Workload workload) throws IOException, InterruptedException {
        Requests requests = workload.requests().get();
        List<Tally> tallies = targets(workload).stream().map(Tally::new).toList();
        for (Tally tally : tallies) {
            drive(tally, workload, requests, load -> warmUp(tally.target(), load));
        }
        for (int round = 0; round < plan.rounds(); round++) {
            for (Tally tally : tallies) {
                drive(tally, workload, requests, load -> tally.measure(load, plan));
            }
        }
        for (int round = 0; round < plan.latencyRounds(); round++) {
            for (Tally tally : tallies) {
                drive(tally, workload, requests, load -> tally.measureLatency(load, plan));
            }
        }
        List<Row> rows = new ArrayList<>();
        for (Tally tally : tallies) {
            rows.add(tally.row(workload, tallies.get(0)));
        }
        return rows;
    }

    /** Until its compilers rest: on a busy machine neither time nor count alone tells. */
    private void warmUp(Target target, Load load) throws IOException {
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
        long left = plan.budget().toNanos() - passed - toWarm * plan.measuring().toNanos();
        return left / Math.max(1, toWarm--);
    }

    /** Something that is done over connections that were opened for it. */
    private interface Turn {
        void with(Load load) throws IOException;
    }

    private static void drive(Tally tally, Workload workload, Requests requests, Turn turn) throws IOException {
        try (Load load = Load.open(tally.target().port(), workload.connections(), requests)) {
            turn.with(load);
        } catch (IOException | UncheckedIOException e) {
            Target target = tally.target();
            throw new IOException(
                    target.name() + ", which logs to " + target.program().log(), e);
        }
    }

    static void delete(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
