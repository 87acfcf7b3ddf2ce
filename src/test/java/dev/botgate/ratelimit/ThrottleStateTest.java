package dev.botgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.ratelimit.LimitStore.UpstreamThrottle;
import dev.botgate.ratelimit.PermitRequest.Scope;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThrottleStateTest {
    private static final Scope SCOPE = new Scope(SampleLimits.own("a", "10/1s", Duration.ZERO), "a|bot");
    private static final long SECOND = 1_000_000;

    private final ThrottleState state = new ThrottleState();

    private void hear(long closedSeconds, long atSeconds) {
        state.hear(
                new UpstreamThrottle(SCOPE, 429, closedSeconds * SECOND, 0),
                SampleLimits.THROTTLED,
                atSeconds * SECOND);
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 59, 61, 300, 3_000})
    void a429SoonAfterAClosure_isRepeated_howeverLongTheClosureWas(long closure) {
        hear(closure, 1);
        long again = 1 + closure + 10;
        assertThat(state.idle(again * SECOND)).as("forgotten").isFalse();

        hear(closure, again);

        assertThat(state.factor(again * SECOND)).isEqualTo(0.5);
    }

    @Test
    void a429AMinuteAfterAClosure_isTheFirst() {
        hear(300, 1);

        hear(300, 361);

        assertThat(state.factor(361 * SECOND)).isEqualTo(1);
    }

    @Test
    void aClosureThatA412Made_doesNotMakeAnOld429Repeated() {
        hear(1, 1);
        state.hear(new UpstreamThrottle(SCOPE, 412, 20 * SECOND, 0), SampleLimits.THROTTLED, 50 * SECOND);

        hear(0, 100);

        assertThat(state.factor(100 * SECOND)).isEqualTo(1);
    }
}
