package dev.botgate.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** {@link Bar}. */
class BarTest {
    private static final Optional<Latencies> FAST = Optional.of(new Latencies(2_000, 1, 2, 3));

    @Test
    void whatLimitsAdd_isTheMedianOfWhatEachRoundHasAdded() {
        List<Row> rows = List.of(
                row("list", "gateway", List.of(1.0, 2.0, 1.1), FAST, ""),
                row("list", "with limits", List.of(1.1, 2.3, 1.9), FAST, ""));

        assertThat(found("limits in memory, added", rows, false).getAsDouble()).isCloseTo(0.3, Offset.offset(1e-9));
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
