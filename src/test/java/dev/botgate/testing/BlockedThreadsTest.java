package dev.botgate.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

/** Looks every 100 ms at one thread, of which a task has been running for 2 s, by a manual clock. */
class BlockedThreadsTest {
    private static final long MILLISECOND = 1_000_000;
    private static final long THREAD = 7;

    private final BlockedThreads threads = new BlockedThreads();

    @Test
    void whatStandsStill_isBlocked() {
        assertThat(firstBlocked(20_000, millis -> 40 * MILLISECOND)).isEqualTo(2_000 + BlockedThreads.STILL.toMillis());
    }

    @Test
    void whatComputesWithoutEnd_isBlocked() {
        assertThat(firstBlocked(20_000, millis -> millis * MILLISECOND))
                .isEqualTo(2_000 + BlockedThreads.MUCH.toMillis());
    }

    /** At a hundredth of a processor, 50 ms of computing take 5 s. */
    @Test
    void whatTheMachineKeepsWaiting_isNotBlocked() {
        assertThat(firstBlocked(100_000, millis -> millis * MILLISECOND / 100)).isEqualTo(-1);
    }

    @Test
    void whatGoesOnNowAndThen_isNotBlocked() {
        assertThat(firstBlocked(100_000, millis -> millis / 4_900 * 11 * MILLISECOND))
                .isEqualTo(-1);
    }

    /** Where it is told by the length of the task that another one runs. */
    @Test
    void manyShortTasks_areNotBlocked() {
        for (int task = 0; task < 10; task++) {
            assertThat(firstBlocked(2_000 + BlockedThreads.STILL.toMillis() - 100, millis -> 0))
                    .isEqualTo(-1);
        }
    }

    @Test
    void whenWhoLooksIsKeptWaitingToo_nothingIsKnown() {
        assertThat(threads.isBlocked(THREAD, Duration.ofSeconds(2), 0)).isFalse();
        assertThat(threads.isBlocked(THREAD, Duration.ofSeconds(60), 0)).isFalse();
    }

    /** The length of the task at which it is found blocked first; -1 where it never is. */
    private long firstBlocked(long upToMillis, LongUnaryOperator cpuNanos) {
        for (long millis = 2_000; millis <= upToMillis; millis += 100) {
            if (threads.isBlocked(THREAD, Duration.ofMillis(millis), cpuNanos.applyAsLong(millis))) {
                return millis;
            }
        }
        return -1;
    }
}
