package dev.botgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DistanceTest {
    private static final long SECOND = 1_000_000;

    private final Distance distance = new Distance();

    @Test
    void isTheShortestRoundTripOfLate_andNoneBeforeTheFirst() {
        assertThat(distance.of(9_000, 0)).isZero();
        assertThat(distance.of(5_000, 1)).isEqualTo(5_000);
        assertThat(distance.of(200_000, 2)).isEqualTo(5_000);
    }

    @Test
    void aStoreThatIsFurtherAwayThanItWas_isKnownSoonToBe() {
        assertThat(distance.of(5_000, 0)).isZero();
        for (long second = 1; second <= 30; second++) {
            assertThat(distance.of(60_000, second * SECOND)).isEqualTo(5_000);
        }

        assertThat(distance.of(60_000, 31 * SECOND)).isEqualTo(60_000);
    }

    @Test
    void whatWasLearntLastIsKept_howeverLongAgo() {
        assertThat(distance.of(5_000, 0)).isZero();
        assertThat(distance.of(6_000, 3_600 * SECOND)).isEqualTo(5_000);
        assertThat(distance.of(7_000, 7_200 * SECOND)).isEqualTo(5_000);
        assertThat(distance.of(7_000, 7_201 * SECOND)).isEqualTo(6_000);
    }

    @Test
    void anotherStoreIsLearntAnew() {
        assertThat(distance.of(5_000, 0)).isZero();

        distance.forget();

        assertThat(distance.of(60_000, 1)).isZero();
        assertThat(distance.of(60_000, 2)).isEqualTo(60_000);
    }
}
