package dev.botgate.cache;

import static dev.botgate.cache.CacheFixture.status;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ElapsedTimeTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private long nanos = Long.MAX_VALUE - 1_000;
    private Instant clock = Instant.parse("2026-11-23T06:00:00Z");
    private final ElapsedTime time = new ElapsedTime(() -> nanos, () -> clock);
    private final long start = time.getAsLong();

    @Test
    void whileBothGo_itGoesWithThem() {
        pass(HOUR, HOUR);

        assertThat(elapsed()).isEqualTo(HOUR);
    }

    @Test
    void whileTheHostIsSuspended_timePasses() {
        pass(Duration.ofMinutes(1), HOUR);
        assertThat(elapsed()).isEqualTo(HOUR);

        pass(Duration.ofMinutes(1), Duration.ofMinutes(1));
        pass(Duration.ZERO, HOUR);

        assertThat(elapsed()).isEqualTo(HOUR.multipliedBy(2).plusMinutes(1));
    }

    @Test
    void aClockThatIsSetBack_takesNothingAway_andASuspensionAfterwardsIsNoticed() {
        pass(HOUR, Duration.ZERO);
        assertThat(elapsed()).isEqualTo(HOUR);

        pass(Duration.ZERO, HOUR);

        assertThat(elapsed()).isEqualTo(HOUR.multipliedBy(2));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 20, 999})
    void howTheClockTrembles_addsNothing(int milliseconds) {
        for (int i = 0; i < 1_000; i++) {
            pass(Duration.ofMillis(milliseconds), Duration.ZERO);
            assertThat(time.getAsLong()).isEqualTo(nanos);
            pass(Duration.ZERO, Duration.ofMillis(milliseconds));
            assertThat(time.getAsLong()).isEqualTo(nanos);
        }
    }

    @Test
    void aListFromBeforeASuspension_isAsOldAsItIs() {
        CacheFixture fixture = new CacheFixture(
                CacheFixture.settings(1 << 20, CacheFixture.only(Duration.ofMinutes(5))), new HeldFleet(), time);
        fixture.askAndAnswer(CacheRequest.members("19:x"), "list");
        pass(Duration.ZERO, Duration.ofMinutes(4));
        assertThat(status(fixture.askAndAnswer(CacheRequest.members("19:x"), "")))
                .isEqualTo("botgate; hit; ttl=60");

        pass(Duration.ZERO, Duration.ofMinutes(1));

        assertThat(status(fixture.askAndAnswer(CacheRequest.members("19:x"), "anew")))
                .contains("uri-miss");
    }

    private void pass(Duration steady, Duration ofTheClock) {
        nanos += steady.toNanos();
        clock = clock.plus(ofTheClock);
    }

    private Duration elapsed() {
        return Duration.ofNanos(time.getAsLong() - start);
    }
}
