package dev.botgate.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Measures the packaged gateway: {@code mvn -Pbench verify}, with {@code -Dbench.quick} in short, {@code
 * -Dbench.workloads=get,post} only some, {@code -Dbench.jdk=HOME} on another Java, {@code -Dbench.profile} with a flight
 * recording of each gateway, {@code -Dbench.pinned} with a processor for what is measured.
 */
public final class Bench {
    private final Plan plan;
    private final Stage stage;
    private final Report report;

    private Bench(Plan plan, Stage stage, Report report) {
        this.plan = plan;
        this.stage = stage;
        this.report = report;
    }

    /** Takes the packaged jar and the directory to write to. Its status is 1 where a part or a line is not valid. */
    public static void main(String[] arguments) throws Exception {
        System.setProperty("logback.configurationFile", "dev/botgate/bench/logback.xml");
        Path jar = Path.of(arguments[0]);
        Path directory = Path.of(arguments[1]).toAbsolutePath();
        Plan plan = Plan.ofProperties();
        Processors processors = Processors.of(plan.pinned());
        processors.others(ProcessHandle.current());
        Jdk jdk = Jdk.find();
        Path stageDirectory = directory.resolve("stage");
        delete(stageDirectory);
        Files.createDirectories(stageDirectory);
        Report report = new Report(directory, plan, jdk, processors);
        try {
            try (Stage stage = new Stage(jdk, jar, stageDirectory, plan.profile(), processors)) {
                Thread ending = new Thread(stage::close, "end of what was started");
                Runtime.getRuntime().addShutdownHook(ending);
                new Bench(plan, stage, report).run();
            }
            if (plan.micro()) {
                part(report, "micro", () -> report.micro(HotPieces.measure(plan, jdk, directory)));
            }
        } finally {
            report.write();
        }
        System.exit(report.isComplete() ? 0 : 1);
    }

    /** Something that is measured by itself. */
    private interface Part {
        void measure() throws Exception;
    }

    /** What cannot be measured is said, and does not keep the rest from it. */
    private static void part(Report report, String name, Part part) throws InterruptedException {
        try {
            part.measure();
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            report.missed(name, e);
        }
    }

    private void run() throws InterruptedException {
        WarmUp warmUp = new WarmUp(plan);
        for (Workload workload : plan.workloads()) {
            staged(
                    workload.id(),
                    () -> report.workload(workload, new Comparison(workload, plan, stage, report).rows(warmUp)));
        }
        if (plan.idle()) {
            staged("idle", this::idle);
        }
        if (plan.soakMinutes() > 0) {
            staged("soak", () -> report.soak(Soak.of(stage.gateway(Variant.SHIPPED), plan)));
        }
    }

    /** In a whole run every part has processes of its own, which know nothing of the others. */
    private void staged(String name, Part part) throws InterruptedException {
        if (!plan.quick()) {
            stage.renew(name);
        }
        part(report, name, part);
    }

    private void idle() throws IOException, InterruptedException {
        List<IdleConnectionsBench> found = new ArrayList<>();
        for (Target target : Comparison.targets(Workload.IDLE, stage, report).keySet()) {
            try {
                found.add(
                        IdleConnectionsBench.of(target, Workload.IDLE.requests().get(), plan.warmUp()));
            } catch (IOException | UncheckedIOException e) {
                report.missed("idle: " + target.name(), e);
            }
        }
        report.idle(found);
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
