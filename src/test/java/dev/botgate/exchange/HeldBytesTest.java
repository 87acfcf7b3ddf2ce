package dev.botgate.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

class HeldBytesTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final HeldBytes held = new HeldBytes(100_000, registry);

    @Test
    void whatWasGivenBack_isNeverTakenAgain() {
        HeldBytes.Share share = held.share();
        share.grow(50_000);

        share.giveBack();
        share.grow(60_000);
        share.growAnyhow(70_000);

        assertThat(counted()).isZero();
    }

    @Test
    void aShareTakesTheMostOfWhatItWasToldOf() {
        HeldBytes.Share share = held.share();

        share.grow(50_000);
        share.grow(20_000);
        share.growAnyhow(60_000);
        share.grow(1);

        assertThat(counted()).isEqualTo(60_000);
    }

    @Test
    void beyondTheBound_nothingMoreIsTaken_unlessItIsThereAnyhow() {
        held.share().grow(90_000);
        HeldBytes.Share share = held.share();

        GatewayException refused = catchThrowableOfType(GatewayException.class, () -> share.grow(20_000));

        assertThat(refused.failure()).isEqualTo(Failure.GATEWAY_BUSY);
        assertThat(counted()).isEqualTo(90_000);
        share.growAnyhow(20_000);
        assertThat(counted()).isEqualTo(110_000);
    }

    private double counted() {
        return registry.get("botgate.exchange.held").gauge().value();
    }
}
