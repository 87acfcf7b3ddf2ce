package dev.botgate.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.bench.Row.Latencies;
import io.vertx.core.buffer.Buffer;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the benchmarks measure with. */
class BenchToolsTest {

    /** {@link Usage}. */
    @EnabledOnOs(OS.LINUX)
    @Nested
    class UsageTest {

        @Test
        void nanosecondsAreSplitInTheProportionOfTheHundredths() {
            Usage before = new Usage(Map.of(1L, new Usage.Spent(1_000, 10, 10)));
            Usage after = new Usage(Map.of(1L, new Usage.Spent(31_000, 12, 11), 2L, new Usage.Spent(6_000, 0, 0)));

            assertThat(after.since(before)).isEqualTo(new Usage.Time(24_000, 12_000));
        }

        @Test
        void whenThereAreNoHundredths_allIsItsOwnCodes() {
            assertThat(new Usage.Spent(7_000, 0, 0).time()).isEqualTo(new Usage.Time(7_000, 0));
        }

        @Test
        void whenAThreadHasEnded_theOthersStillCount() {
            Usage before = new Usage(Map.of(1L, new Usage.Spent(1_000, 0, 0), 2L, new Usage.Spent(9_000, 0, 0)));
            Usage after = new Usage(Map.of(1L, new Usage.Spent(3_000, 0, 0)));

            assertThat(after.since(before)).isEqualTo(new Usage.Time(2_000, 0));
        }

        @Test
        void whatAThreadWorks_isCounted() throws Exception {
            ThreadMXBean threads = ManagementFactory.getThreadMXBean();
            Usage before = Usage.of(ProcessHandle.current());
            long end = threads.getCurrentThreadCpuTime() + TimeUnit.MILLISECONDS.toNanos(100);

            while (threads.getCurrentThreadCpuTime() < end) {
                Thread.onSpinWait();
            }

            Usage.Time used = Usage.of(ProcessHandle.current()).since(before);
            assertThat(used.userNanos() + used.systemNanos()).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(80));
        }
    }

    /** {@link FixedUpstream}. */
    @Nested
    class FixedUpstreamTest {
        private static final String CHUNKED =
                "POST /v3/x HTTP/1.1\r\nTransfer-Encoding: chunked\r\nx-count: 0\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
        private static final String WHOLE = "POST /v3/x HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc";
        private static final String EMPTY = "GET /v3/x HTTP/1.1\r\nx-count: 0\r\n\r\n";

        @ParameterizedTest
        @ValueSource(strings = {CHUNKED, WHOLE, EMPTY})
        void howeverARequestIsSplit_itIsAnsweredOnceAtItsEnd(String request) {
            for (int i = 1; i < request.length(); i++) {
                for (int j = i; j < request.length(); j++) {
                    FixedUpstream.Reading reading = new FixedUpstream.Reading();
                    assertThat(ends(reading, request.substring(0, i))).isFalse();
                    assertThat(ends(reading, request.substring(i, j))).isFalse();
                    assertThat(ends(reading, request.substring(j))).isTrue();
                }
            }
        }

        private static boolean ends(FixedUpstream.Reading reading, String part) {
            return !part.isEmpty() && reading.ends(Buffer.buffer(part));
        }
    }

    /** {@link Processors}. */
    @Nested
    class ProcessorsTest {

        @Test
        void aListIsReadAsLinuxWritesIt() {
            assertThat(Processors.listed("0-2,5,7-8")).containsExactly(0, 1, 2, 5, 7, 8);
        }

        @Test
        void onlyWhenTheyArePinned_aCommandIsStartedOnAllOfThem() {
            List<String> command = List.of("java", "-version");

            assertThat(new Processors(List.of(0, 1), false).onAll(command)).isEqualTo(command);
            assertThat(new Processors(List.of(0, 1), true).onAll(command))
                    .containsExactly("taskset", "-c", "0,1", "java", "-version");
        }
    }

    /** {@link Bar}. */
    @Nested
    class BarTest {
        private static final Optional<Latencies> FAST = Optional.of(new Latencies(2_000, 1, 2, 3));

        @Test
        void whatLimitsAdd_isTheMedianOfWhatEachRoundHasAdded() {
            List<Row> rows = List.of(
                    row("list", "gateway", List.of(1.0, 2.0, 1.1), FAST, ""),
                    row("list", "with limits", List.of(1.1, 2.3, 1.9), FAST, ""));

            assertThat(found("limits in memory, added", rows, false).getAsDouble())
                    .isCloseTo(0.3, Offset.offset(1e-9));
        }

        @Test
        void whatRecordingAdds_isJudgedAtItsRateOnly() {
            Optional<Latencies> slow = Optional.of(new Latencies(1_900, 1, 2, 3));
            String bar = "p99 of recorded POSTs at 2,000/s, added";

            assertThat(found(bar, posts(FAST), false)).hasValue(0);
            assertThat(found(bar, posts(FAST), true)).isEmpty();
            assertThat(found(bar, posts(slow), false)).isEmpty();
            assertThat(found(bar, posts(Optional.empty()), false)).isEmpty();
        }

        @Test
        void whenALineIsNotValid_nothingIsJudgedByIt() {
            List<Row> rows = List.of(
                    row("get", "bare pass-through", List.of(1.0), FAST, ""),
                    row("get", "gateway", List.of(1.1), FAST, "3 replies were no 2xx"));

            assertThat(found("GET that passes through", rows, false)).isEmpty();
        }

        @Test
        void whatTheHeapHasGrown_isJudgedByWhatItHeldAtMost() {
            Soak soak = new Soak(List.of(8L, 10L, 7L, 9L, 8L, 11L, 7L, 10L), 1, 0);

            assertThat(Bar.of(List.of(), List.of(soak), false).stream()
                            .filter(bar -> bar.what().startsWith("heap after collection"))
                            .findFirst()
                            .orElseThrow()
                            .found()
                            .getAsDouble())
                    .isCloseTo(1.1, Offset.offset(1e-9));
        }

        private static List<Row> posts(Optional<Latencies> latencies) {
            return List.of(
                    row("post", "gateway", List.of(1.0), latencies, ""),
                    row("post", "not recorded", List.of(1.0), latencies, ""));
        }

        private static OptionalDouble found(String what, List<Row> rows, boolean quick) {
            return Bar.of(rows, List.of(), quick).stream()
                    .filter(bar -> bar.what().equals(what))
                    .findFirst()
                    .orElseThrow()
                    .found();
        }

        private static Row row(
                String workload, String target, List<Double> ratios, Optional<Latencies> latencies, String fault) {
            return new Row(Workload.named(workload), target, 1, 1, ratios, 1, latencies, 1, 1, 0, fault);
        }
    }
}
