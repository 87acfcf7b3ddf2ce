package dev.botgate.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** {@link Usage}. */
@EnabledOnOs(OS.LINUX)
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
