package dev.botgate.bench;

import dev.botgate.bench.Comparison.WarmUp;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

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

    /**
     * What 10,000 connections cost that have asked for something once and are silent since: by what is there after collection
     * with them, and what was before.
     *
     * @param liveBytesEach for each connection, on a JVM's heap
     * @param residentBefore bytes of the whole process, its free heap among them, which a collector gives back when it likes
     * @param residentAfter the same, with the connections
     */
    record IdleConnectionsBench(String target, long liveBytesEach, long residentBefore, long residentAfter) {
        /** Connections that are opened, and ask, at the same time. */
        static final int TOGETHER = 100;

        private static final int GROUPS = 100;

        /** @param warmUp how long it is driven before, so that it has the memory for its work */
        static IdleConnectionsBench of(Target target, Requests requests, Duration warmUp) throws IOException {
            try (LoadGenerator load = LoadGenerator.open(target.port(), TOGETHER, requests)) {
                var unused = load.closedLoop(warmUp);
            }
            Memory before = Memory.of(target);
            Deque<LoadGenerator> open = new ArrayDeque<>();
            try {
                for (int i = 0; i < GROUPS; i++) {
                    LoadGenerator load = LoadGenerator.open(target.port(), TOGETHER, requests);
                    open.push(load);
                    load.once();
                }
                Memory after = Memory.of(target);
                long liveEach = (after.live - before.live) / (TOGETHER * GROUPS);
                return new IdleConnectionsBench(target.name(), liveEach, before.resident, after.resident);
            } finally {
                while (!open.isEmpty()) {
                    open.pop().close();
                }
            }
        }

        /** After collection. */
        private record Memory(long live, long resident) {
            static Memory of(Target target) throws IOException {
                long live = target.probe() == null ? 0 : target.probe().liveBytes();
                return new Memory(live, target.residentBytes());
            }
        }

        String text() {
            return String.format(
                    Locale.ROOT,
                    "%-22s %8.1f kB on the heap for each; resident in all %d MB, before them %d MB",
                    target,
                    liveBytesEach / 1e3,
                    residentAfter >> 20,
                    residentBefore >> 20);
        }
    }

    /** The JMH benchmarks of this tree: nanoseconds and allocated bytes of what every request goes through. */
    static final class HotPieces {
        private static final String ALLOCATION = "gc.alloc.rate.norm";

        private HotPieces() {}

        static JsonArray measure(Plan plan, Jdk jdk, Path directory) throws IOException, RunnerException {
            // Maven takes them for up to date after all classes were removed.
            if (HotPieces.class.getResource("/META-INF/BenchmarkList") == null) {
                throw new IOException("JMH's classes are not built (expected: mvn clean before)");
            }
            TimeValue time = plan.quick() ? TimeValue.milliseconds(200) : TimeValue.seconds(1);
            Collection<RunResult> results = new Runner(new OptionsBuilder()
                            .include("dev\\.botgate\\..*Benchmark\\.")
                            .jvm(jdk.java().toString())
                            .jvmArgs("-XX:+UseSerialGC", "-Xmx512m")
                            .forks(plan.quick() ? 1 : 3)
                            .warmupIterations(plan.quick() ? 2 : 5)
                            .warmupTime(time)
                            .measurementIterations(plan.quick() ? 2 : 5)
                            .measurementTime(time)
                            .addProfiler(GCProfiler.class)
                            .verbosity(VerboseMode.SILENT)
                            .output(directory.resolve("jmh.log").toString())
                            .build())
                    .run();
            JsonArray found = new JsonArray();
            for (RunResult result : results) {
                Result<?> allocation = result.getSecondaryResults().get(ALLOCATION);
                found.add(new JsonObject()
                        .put("name", result.getParams().getBenchmark().replaceAll("^.*\\.([^.]+\\.[^.]+)$", "$1"))
                        .put("nanos", result.getPrimaryResult().getScore())
                        .put("allocatedBytes", allocation == null ? 0 : allocation.getScore()));
            }
            return found;
        }
    }
}
