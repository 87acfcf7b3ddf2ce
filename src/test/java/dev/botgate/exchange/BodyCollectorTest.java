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
    void aChunkThatIsAllOfIt_staysWhatItIs() {
        Buffer chunk = Buffer.buffer("all");
        BodyCollector gathered = new BodyCollector(3);

        gathered.add(Buffer.buffer());
        gathered.add(chunk);

        assertThat(gathered.bytes()).isSameAs(chunk);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 5, 11, Long.MAX_VALUE})
    void chunksBecomeOneBuffer_andStayAsTheyWere(long expected) {
        Buffer first = Buffer.buffer("one");
        BodyCollector gathered = new BodyCollector(expected);

        gathered.add(first);
        gathered.add(Buffer.buffer("two"));
        gathered.add(Buffer.buffer("three"));

        assertThat(gathered.bytes()).isEqualTo(Buffer.buffer("onetwothree"));
        assertThat(gathered.length()).isEqualTo(11);
        assertThat(first).isEqualTo(Buffer.buffer("one"));
    }

    @ParameterizedTest
    @CsvSource({"16777216, 24", "-1, 50"})
    void whatIsGathered_isNotCopiedOften(long expected, int mebibytes) {
        Buffer chunk = Buffer.buffer(new byte[8_192]);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        BodyCollector gathered = new BodyCollector(expected);

        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 2_048; i++) {
            gathered.add(chunk);
        }
        long after = threads.getCurrentThreadAllocatedBytes();

        assertThat(gathered.length()).isEqualTo(16 << 20);
        assertThat(after - before).isLessThan((long) mebibytes << 20);
    }

    @Test
    void whatIsPromised_takesNoRoomBeforeItComes() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        BodyCollector gathered = new BodyCollector(1L << 30);
        gathered.add(Buffer.buffer("a"));

        long before = threads.getCurrentThreadAllocatedBytes();
        gathered.add(Buffer.buffer("b"));
        long after = threads.getCurrentThreadAllocatedBytes();

        assertThat(after - before).isLessThan(128 << 10);
    }

    @Test
    void ofNothing_isEmpty() {
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
