package dev.botgate.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The JMH benchmarks of this tree: nanoseconds and allocated bytes of what every request goes through. */
final class HotPieces {
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
