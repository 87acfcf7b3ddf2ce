package dev.botgate.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

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
