package dev.botgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DistanceTest {
    private final ManualTime time = new ManualTime();
    private final DistantStore store =
            new DistantStore(new MemoryStore(time, Limited.THROTTLED, 10), time, Duration.ofMillis(5));
    private final Distance distance = new Distance(store, time);

    private void pass(int seconds) {
        time.pass(Duration.ofSeconds(seconds));
    }

    private long ofAnswerAfter(int millis) {
        return distance.since(time.micros() - millis * 1_000L) / 1_000;
    }

    @Test
    void isTheShortestRoundTripOfLate_andNoneBeforeTheFirst() {
        assertThat(ofAnswerAfter(9)).isZero();
        assertThat(ofAnswerAfter(5)).isEqualTo(5);
        assertThat(ofAnswerAfter(200)).isEqualTo(5);
    }

    @Test
    void aStoreThatIsFurtherAwayThanItWas_isKnownSoonToBe() {
        assertThat(ofAnswerAfter(5)).isZero();
        for (int second = 1; second <= 30; second++) {
            pass(1);
            assertThat(ofAnswerAfter(60)).isEqualTo(5);
        }

        assertThat(ofAnswerAfter(60)).isEqualTo(60);
    }

    @Test
    void whatWasLearntLastIsKept_howeverLongAgo() {
        assertThat(ofAnswerAfter(5)).isZero();
        pass(3_600);
        assertThat(ofAnswerAfter(6)).isEqualTo(5);
        pass(3_600);
        assertThat(ofAnswerAfter(7)).isEqualTo(5);

        assertThat(ofAnswerAfter(7)).isEqualTo(6);
    }

    @Test
    void anotherStoreIsLearntAnew() {
        assertThat(ofAnswerAfter(5)).isZero();

        distance.forget();

        assertThat(ofAnswerAfter(60)).isZero();
        assertThat(ofAnswerAfter(60)).isEqualTo(60);
    }

    @Test
    void isLearntByAskingForNothing() {
        var learnt = distance.learn();
        pass(1);

        assertThat(learnt.succeeded()).isTrue();
        assertThat(ofAnswerAfter(60)).isEqualTo(5);
    }
}
