package dev.botgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.ratelimit.LimitStore.Cooldown;
import dev.botgate.ratelimit.LimitStore.UpstreamThrottle;
import dev.botgate.ratelimit.PermitRequest.Scope;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of requests that were decided before their gateway hears that the upstream closed their scope. */
class CooldownTest {
    private final ManualTime time = new ManualTime();
    private final MemoryStore store = new MemoryStore(time, SampleLimits.THROTTLED, 1_000);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private RateLimits limits(LimitStore store, RateLimitSettings settings) {
        return new RateLimits(settings, store, time, () -> Instant.EPOCH, registry);
    }

    private static Future<ReservedPermit> ask(RateLimits limits) {
        return limits.admit(LimitedCalls.send("c"), LimitedCalls.bot("bot-1"), Duration.ofDays(365));
    }

    /** The upstream's word on what {@link #ask} asks for. */
    private static void close(RateLimits limits, String seconds) {
        limits.onReply(
                LimitedCalls.send("c"), LimitedCalls.bot("bot-1"), LimitedCalls.reply(429, "Retry-After", seconds));
    }

    private void pass(int millis) {
        time.pass(Duration.ofMillis(millis));
    }

    @Test
    void aReservationWhoseAnswerComesAfterTheCooldown_isVoid() {
        DistantStore distant = new DistantStore(store, time, Duration.ofMillis(5));
        RateLimits limits = limits(distant, SampleSettings.of("1/1s", Duration.ofSeconds(5), "bot"));
        Future<ReservedPermit> first = ask(limits);
        pass(5);
        assertThat(first.succeeded()).isTrue();
        Future<ReservedPermit> promised = ask(limits);

        close(limits, "3");

        pass(5);
        assertThat(limits.snapshot().waiting()).isZero();
        pass(2_994);
        assertThat(promised.isComplete()).isFalse();
        pass(6);
        assertThat(promised.succeeded()).isTrue();
    }

    /** No limits: what the upstream closes is all there is to keep. */
    private RateLimits unlimited(LimitStore store) {
        return limits(store, SampleSettings.of(Map.of(), List.of()));
    }

    @Test
    void aReadyRequestInACooldown_waitsForItsEnd() {
        RateLimits limits = unlimited(store);
        ReservedPermit permit = ask(limits).result();
        pass(60_000);
        assertThat(limits.renewed(permit).succeeded()).isTrue();
        close(limits, "3");

        Future<Void> renewed = limits.renewed(permit);

        pass(2_999);
        assertThat(renewed.isComplete()).isFalse();
        pass(1);
        assertThat(renewed.succeeded()).isTrue();
        assertThat(limits.renewed(permit).succeeded()).isTrue();
    }

    @Test
    void aReadyRequestInALongCooldown_isRefusedWithRetryAfter() {
        RateLimits limits = unlimited(store);
        ReservedPermit permit = ask(limits).result();
        close(limits, "60");
        pass(10_000);

        Future<Void> renewed = limits.renewed(permit);

        assertThat(((GatewayException) renewed.cause()).failure()).isEqualTo(Failure.THROTTLED);
        assertThat(((GatewayException) renewed.cause()).retryAfter()).contains(Duration.ofSeconds(50));
    }

    @Test
    void aRequestAdmittedByAnAnswerFromBeforeTheCooldown_waitsToo() {
        RateLimits limits = unlimited(new DistantStore(store, time, Duration.ofMillis(5)));
        Future<ReservedPermit> admitted = ask(limits);
        close(limits, "3");
        pass(5);
        assertThat(admitted.succeeded()).isTrue();

        Future<Void> goes = limits.renewed(admitted.result());

        pass(2_994);
        assertThat(goes.isComplete()).isFalse();
        pass(6);
        assertThat(goes.succeeded()).isTrue();
    }

    @Test
    void aCooldownThatHasEnded_orOfAnotherScope_doesNotDelayARequest() {
        RateLimits limits = unlimited(store);
        ReservedPermit permit = ask(limits).result();
        close(limits, "3");
        limits.onReply(
                LimitedCalls.send("another"), LimitedCalls.bot("bot-1"), LimitedCalls.reply(429, "Retry-After", "60"));

        pass(3_000);

        assertThat(limits.renewed(permit).succeeded()).isTrue();
        assertThat(registry.get("botgate.ratelimit.renewals").counter().count()).isZero();
    }

    @Test
    void aRequestInRepeatedCooldowns_isRefusedWithRetryAfter() {
        RateLimits limits = unlimited(store);
        ReservedPermit permit = ask(limits).result();
        for (int i = 0; i < 6; i++) {
            close(limits, "1");
            Future<Void> renewed = limits.renewed(permit);
            pass(1_000);
            assertThat(renewed.succeeded()).isTrue();
        }
        close(limits, "40");

        Future<Void> renewed = limits.renewed(permit);

        assertThat(((GatewayException) renewed.cause()).retryAfter()).contains(Duration.ofSeconds(40));
    }

    @Test
    void aShorterCooldownReceivedLater_shortensNothing_andAResetDoes() {
        Cooldowns closed = new Cooldowns(time, Duration.ofSeconds(100));
        closed.put(new Cooldown("a", 412, 60_000_000, 1));
        pass(10_000);

        closed.put(new Cooldown("a", 429, 3_000_000, 1));

        assertThat(closed.list())
                .containsExactly(new RateLimitSnapshot.CooldownLine("a", 429, Duration.ofSeconds(50), 1));
        closed.put(new Cooldown("a", 0, 0, 1));
        assertThat(closed.list()).isEmpty();
    }

    @Test
    void ofVeryManyCooldowns_allApply_andTheLatestAreShown() {
        RateLimits limits = unlimited(store);
        ReservedPermit permit = ask(limits).result();
        close(limits, "60");

        for (int i = 0; i < 2_000; i++) {
            limits.onReply(
                    LimitedCalls.send("c" + i),
                    LimitedCalls.bot("bot-1"),
                    LimitedCalls.reply(429, "Retry-After", "60"));
        }

        assertThat(limits.renewed(permit).failed()).isTrue();
        assertThat(limits.snapshot().cooldowns()).hasSize(1_000).last().satisfies(line -> assertThat(line.scope())
                .endsWith("|c1999"));
    }

    @Nested
    class ThrottleStateTest {
        private static final Scope SCOPE = new Scope(SampleLimits.own("a", "10/1s", Duration.ZERO), "a|bot");
        private static final long SECOND = 1_000_000;

        private final ThrottleState state = new ThrottleState();

        private void apply(long closedSeconds, long atSeconds) {
            state.apply(
                    new UpstreamThrottle(SCOPE, 429, closedSeconds * SECOND, 0),
                    SampleLimits.THROTTLED,
                    atSeconds * SECOND);
        }

        @ParameterizedTest
        @ValueSource(longs = {3, 59, 61, 300, 3_000})
        void a429SoonAfterACooldown_isRepeated_howeverLongTheCooldownWas(long cooldown) {
            apply(cooldown, 1);
            long again = 1 + cooldown + 10;
            assertThat(state.idle(again * SECOND)).as("forgotten").isFalse();

            apply(cooldown, again);

            assertThat(state.factor(again * SECOND)).isEqualTo(0.5);
        }

        @Test
        void a429AMinuteAfterACooldown_isNotRepeated() {
            apply(300, 1);

            apply(300, 361);

            assertThat(state.factor(361 * SECOND)).isEqualTo(1);
        }

        @Test
        void aCooldownOfA412_doesNotMakeAnOld429Repeated() {
            apply(1, 1);
            state.apply(new UpstreamThrottle(SCOPE, 412, 20 * SECOND, 0), SampleLimits.THROTTLED, 50 * SECOND);

            apply(0, 100);

            assertThat(state.factor(100 * SECOND)).isEqualTo(1);
        }
    }
}
