package dev.botgate.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.management.ThreadMXBean;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.buffer.Buffer;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BodyCollectorTest {
    @Test
    void aSingleChunk_isNotCopied() {
        Buffer chunk = Buffer.buffer("all");
        BodyCollector collector = new BodyCollector(3);

        collector.add(Buffer.buffer());
        collector.add(chunk);

        assertThat(collector.bytes()).isSameAs(chunk);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 5, 11, Long.MAX_VALUE})
    void chunksBecomeOneBuffer_andStayAsTheyWere(long expected) {
        Buffer first = Buffer.buffer("one");
        BodyCollector collector = new BodyCollector(expected);

        collector.add(first);
        collector.add(Buffer.buffer("two"));
        collector.add(Buffer.buffer("three"));

        assertThat(collector.bytes()).isEqualTo(Buffer.buffer("onetwothree"));
        assertThat(collector.length()).isEqualTo(11);
        assertThat(first).isEqualTo(Buffer.buffer("one"));
    }

    @ParameterizedTest
    @CsvSource({"16777216, 24", "-1, 50"})
    void collectedBytes_areNotCopiedOften(long expected, int mebibytes) {
        Buffer chunk = Buffer.buffer(new byte[8_192]);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        BodyCollector collector = new BodyCollector(expected);

        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 2_048; i++) {
            collector.add(chunk);
        }
        long after = threads.getCurrentThreadAllocatedBytes();

        assertThat(collector.length()).isEqualTo(16 << 20);
        assertThat(after - before).isLessThan((long) mebibytes << 20);
    }

    @Test
    void aDeclaredLength_takesNoMemoryBeforeTheBytesArrive() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        BodyCollector collector = new BodyCollector(1L << 30);
        collector.add(Buffer.buffer("a"));

        long before = threads.getCurrentThreadAllocatedBytes();
        collector.add(Buffer.buffer("b"));
        long after = threads.getCurrentThreadAllocatedBytes();

        assertThat(after - before).isLessThan(128 << 10);
    }

    @Test
    void withoutChunks_theBodyIsEmpty() {
        assertThat(new BodyCollector(-1).bytes()).isEqualTo(Buffer.buffer());
    }

    @Nested
    class MemoryBudgetTest {
        private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
        private final MemoryBudget budget = new MemoryBudget(100_000, registry);

        @Test
        void afterItsRelease_aReservationCannotGrow() {
            MemoryBudget.Reservation reservation = budget.reservation();
            reservation.grow(50_000);

            reservation.release();
            reservation.grow(60_000);
            reservation.forceGrow(70_000);

            assertThat(counted()).isZero();
        }

        @Test
        void aReservation_isAsLargeAsItsLargestRequest() {
            MemoryBudget.Reservation reservation = budget.reservation();

            reservation.grow(50_000);
            reservation.grow(20_000);
            reservation.forceGrow(60_000);
            reservation.grow(1);

            assertThat(counted()).isEqualTo(60_000);
        }

        @Test
        void beyondTheMaximum_aReservationGrowsOnlyByForce() {
            budget.reservation().grow(90_000);
            MemoryBudget.Reservation reservation = budget.reservation();

            GatewayException refused = catchThrowableOfType(GatewayException.class, () -> reservation.grow(20_000));

            assertThat(refused.failure()).isEqualTo(Failure.GATEWAY_BUSY);
            assertThat(counted()).isEqualTo(90_000);
            reservation.forceGrow(20_000);
            assertThat(counted()).isEqualTo(110_000);
        }

        private double counted() {
            return registry.get("botgate.bodies.memory").gauge().value();
        }
    }
}
