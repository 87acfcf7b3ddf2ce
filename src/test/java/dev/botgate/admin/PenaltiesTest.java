package dev.botgate.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PenaltiesTest {
    private final AtomicLong now = new AtomicLong();
    private final Penalties penalties = new Penalties(now::get);

    @Test
    void threeWrongTokens_areNotDelayed() {
        fail("10.0.0.1", 2);

        assertThat(penalties.delay("10.0.0.1")).contains(Duration.ZERO);
    }

    @Test
    void pausesDouble_andConcurrentAttemptsQueue() {
        fail("10.0.0.1", 3);

        assertThat(penalties.delay("10.0.0.1")).contains(Duration.ofMillis(250));
        assertThat(penalties.delay("10.0.0.1")).contains(Duration.ofMillis(500));
        fail("10.0.0.1", 1);
        assertThat(penalties.delay("10.0.0.1")).contains(Duration.ofMillis(750));
        assertThat(penalties.delay("10.0.0.1")).contains(Duration.ofMillis(1250));
    }

    @Test
    void whenTheQueueIsLong_attemptsAreRefused() {
        fail("10.0.0.1", 20);
        while (penalties.delay("10.0.0.1").isPresent()) {
            assertThat(penalties.delay("10.0.0.2")).contains(Duration.ZERO);
        }

        assertThat(penalties.delay("10.0.0.1")).isEmpty();
        pass(Duration.ofSeconds(20));
        assertThat(penalties.delay("10.0.0.1")).isPresent();
    }

    @Test
    void fifteenMinutesWithoutAWrongToken_resetIt() {
        fail("10.0.0.2", 9);

        pass(Duration.ofMinutes(14));
        assertThat(penalties.failed("10.0.0.2")).isEqualTo(10);
        pass(Duration.ofMinutes(16));
        assertThat(penalties.delay("10.0.0.2")).contains(Duration.ZERO);
        assertThat(penalties.failed("10.0.0.2")).isEqualTo(1);
    }

    @Test
    void addressesOfOneIpv6Subscriber_countAsOne() {
        fail("2001:db8:0:1:0:0:0:1", 4);

        assertThat(penalties.delay("2001:db8:0:1:9:9:9:9")).isNotEqualTo(penalties.delay("2001:db8:0:2:0:0:0:1"));
    }

    @Test
    void theNumberOfAddressesIsBounded() {
        for (int i = 0; i < 20_000; i++) {
            fail("host-" + i, 1);
        }

        assertThat(penalties.addresses()).isEqualTo(10_000);
    }

    private void fail(String address, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(penalties.failed(address)).isPositive();
        }
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }
}
