package dev.botgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What becomes of requests that were decided before their gateway hears that the upstream closed their scope. */
class ClosureTest {
    private final ManualTime time = new ManualTime();
    private final MemoryStore store = new MemoryStore(time, Limited.THROTTLED, 1_000);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private RateLimits limits(LimitStore store, RateLimitSettings settings) {
        return new RateLimits(settings, store, time, time, () -> Instant.EPOCH, registry);
    }

    private static Future<Permit> ask(RateLimits limits) {
        return limits.admit(Asked.send("c"), Asked.bot("bot-1"), Duration.ofDays(365));
    }

    /** The upstream's word on what {@link #ask} asks for. */
    private static void close(RateLimits limits, String seconds) {
        limits.overhear(Asked.send("c"), Asked.bot("bot-1"), Asked.reply(429, "Retry-After", seconds));
    }

    private void pass(int millis) {
        time.pass(Duration.ofMillis(millis));
    }

    @Test
    void aPromiseWhoseAnswerComesAfterTheClosure_isVoid() {
        DistantStore distant = new DistantStore(store, time, Duration.ofMillis(5));
        RateLimits limits = limits(distant, Settings.of("1/1s", Duration.ofSeconds(5), "bot"));
        Future<Permit> first = ask(limits);
        pass(5);
        assertThat(first.succeeded()).isTrue();
        Future<Permit> promised = ask(limits);

        close(limits, "3");

        pass(5);
        assertThat(limits.snapshot().waiting()).isZero();
        pass(2_994);
        assertThat(promised.isComplete()).isFalse();
        pass(6);
        assertThat(promised.succeeded()).isTrue();
    }
}
