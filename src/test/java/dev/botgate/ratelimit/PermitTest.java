package dev.botgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.ratelimit.RateLimitSettings.LimitSettings;
import dev.botgate.testing.TestSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** When a request goes that has a permit. Windows of one permit and a second, with a margin of 50 ms. */
class PermitTest {
    private final ManualTime time = new ManualTime();
    private final MemoryStore store = new MemoryStore(time, SampleLimits.THROTTLED, 1_000);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private RateLimits limits(Duration maximumWait, int maximumWaiting) {
        return limits(store, maximumWait, maximumWaiting);
    }

    private RateLimits limits(LimitStore store, Duration maximumWait, int maximumWaiting) {
        return limits(store, maximumWait, maximumWaiting, Duration.ofMillis(50));
    }

    private RateLimits limits(LimitStore store, Duration maximumWait, int maximumWaiting, Duration margin) {
        LimitSettings limit = new LimitSettings(null, List.of("bot"), "1/1s", null, maximumWait, margin);
        RateLimitSettings settings = SampleSettings.of(Map.of("all", limit), List.of());
        return new RateLimits(
                TestSettings.with(settings, "maximumWaiting", maximumWaiting),
                store,
                time,
                () -> Instant.parse("2026-11-22T10:00:00Z"),
                registry);
    }

    private static Future<ReservedPermit> ask(RateLimits limits) {
        return limits.admit(LimitedCalls.send("c"), LimitedCalls.bot("bot-1"), Duration.ofDays(365));
    }

    private double renewals() {
        return registry.get("botgate.ratelimit.renewals").counter().count();
    }

    private void pass(int millis) {
        time.pass(Duration.ofMillis(millis));
    }

    @Test
    void aWaitingRequest_isResumedHalfTheMarginEarly_andSentAtItsTime() {
        RateLimits limits = limits(Duration.ofSeconds(2), 100);
        assertThat(ask(limits).succeeded()).isTrue();
        Future<ReservedPermit> second = ask(limits);
        pass(1_029);
        assertThat(second.isComplete()).isFalse();
        pass(1);

        Future<Void> goes = limits.renewed(second.result());

        pass(19);
        assertThat(goes.isComplete()).isFalse();
        pass(1);
        assertThat(goes.succeeded()).isTrue();
        assertThat(renewals()).isZero();
    }

    @Test
    void aRequestLaterThanHalfTheMargin_isCountedWhenItIsSent() {
        RateLimits limits = limits(Duration.ofSeconds(2), 100);
        ReservedPermit permit = ask(limits).result();

        pass(25);
        assertThat(limits.renewed(permit).succeeded()).isTrue();
        assertThat(renewals()).isZero();
        pass(375);
        assertThat(limits.renewed(permit).succeeded()).isTrue();
        assertThat(limits.renewed(permit).succeeded()).isTrue();
        assertThat(renewals()).isEqualTo(1);

        Future<Void> next = ask(limits).compose(limits::renewed);
        pass(1_049);
        assertThat(next.isComplete()).isFalse();
        pass(1);
        assertThat(next.succeeded()).isTrue();
    }

    @Test
    void aLateRequest_goesBeforeWaitingRequests_howeverMany() {
        RateLimits limits = limits(Duration.ofMillis(2_100), 2);
        ReservedPermit permit = ask(limits).result();
        Future<Void> second = ask(limits).compose(limits::renewed);
        Future<Void> third = ask(limits).compose(limits::renewed);
        assertThat(ask(limits).failed()).isTrue();
        pass(500);

        Future<Void> renewed = limits.renewed(permit);

        assertThat(renewed.isComplete()).isFalse();
        pass(550);
        assertThat(renewed.succeeded()).isTrue();
        assertThat(second.isComplete()).isFalse();
        pass(1_050);
        assertThat(second.succeeded()).isTrue();
        assertThat(third.isComplete()).isFalse();
        pass(1_050);
        assertThat(third.succeeded()).isTrue();
    }

    @Test
    void aLateRequest_makesNoOtherWaitLongerThanItsClientDoes() {
        RateLimits limits = limits(Duration.ofSeconds(5), 100);
        ReservedPermit permit = ask(limits).result();
        Future<Void> hasty = limits.admit(LimitedCalls.send("c"), LimitedCalls.bot("bot-1"), Duration.ofSeconds(2))
                .compose(limits::renewed);
        Future<Void> patient = ask(limits).compose(limits::renewed);
        pass(500);

        Future<Void> renewed = limits.renewed(permit);

        pass(550);
        assertThat(hasty.succeeded()).isTrue();
        pass(1_050);
        assertThat(renewed.succeeded()).isTrue();
        assertThat(patient.isComplete()).isFalse();
        pass(1_050);
        assertThat(patient.succeeded()).isTrue();
    }

    @Test
    void aLateRequest_isSentOnceItHasAnotherPermit() {
        RateLimits limits = limits(new DistantStore(store, time, Duration.ofMillis(5)), Duration.ofSeconds(2), 100);
        Future<ReservedPermit> first = ask(limits);
        pass(5);
        assertThat(limits.renewed(first.result()).succeeded()).isTrue();
        pass(26);

        Future<Void> goes = limits.renewed(first.result());

        assertThat(goes.isComplete()).isFalse();
        pass(5);
        assertThat(goes.succeeded()).isTrue();
        assertThat(renewals()).isEqualTo(1);
    }

    @Test
    void aResumedRequestWhoseScopeEntersACooldown_waitsForItsEnd() {
        RateLimits limits = limits(Duration.ofSeconds(5), 100);
        ReservedPermit first = ask(limits).result();
        Future<ReservedPermit> second = ask(limits);
        pass(1_040);
        MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("Retry-After", "1");
        limits.onReply(first.request(), new Reply(429, "Too Many Requests", headers, new ReplyBody.Absent(0)));
        Future<Void> goes = limits.renewed(second.result());
        Future<Void> third = ask(limits).compose(limits::renewed);

        pass(999);
        assertThat(goes.isComplete()).isFalse();
        pass(1);
        assertThat(goes.succeeded()).isTrue();
        assertThat(renewals()).isEqualTo(1);
        pass(1_049);
        assertThat(third.isComplete()).isFalse();
        pass(1);
        assertThat(third.succeeded()).isTrue();
    }

    @Test
    void aRequestLateForEveryPermit_isRefused_andTakesNone() {
        RateLimits limits = limits(Duration.ofSeconds(2), 100);
        ReservedPermit permit = ask(limits).result();
        for (int i = 0; i < 10; i++) {
            pass(26);
            assertThat(limits.renewed(permit).succeeded()).isTrue();
        }
        pass(26);

        Future<Void> renewed = limits.renewed(permit);

        GatewayException refusal = (GatewayException) renewed.cause();
        assertThat(refusal.failure()).isEqualTo(Failure.THROTTLED);
        assertThat(refusal.retryAfter()).contains(Duration.ofSeconds(1));
        assertThat(renewals()).isEqualTo(10);
        assertThat(ask(limits).succeeded()).isTrue();
    }

    @Test
    void aRequestLateForLongerThanItsMaximumWait_isRefused() {
        RateLimits limits = limits(Duration.ofMillis(1_100), 100);
        ReservedPermit permit = ask(limits).result();
        pass(60_000);
        assertThat(limits.renewed(permit).succeeded()).isTrue();
        pass(1_100);
        assertThat(limits.renewed(permit).succeeded()).isTrue();
        pass(1_100);

        Future<Void> renewed = limits.renewed(permit);

        assertThat(((GatewayException) renewed.cause()).failure()).isEqualTo(Failure.THROTTLED);
    }

    @Test
    void aMarginBelowTheTimersResolution_makesNoRequestLate() {
        RateLimits limits = limits(store, Duration.ofSeconds(2), 100, Duration.ofMillis(2));
        ReservedPermit permit = ask(limits).result();

        pass(5);
        assertThat(limits.renewed(permit).succeeded()).isTrue();
        assertThat(renewals()).isZero();
        pass(1);
        assertThat(limits.renewed(permit).succeeded()).isTrue();

        assertThat(renewals()).isEqualTo(1);
    }

    @Test
    void aStoreSlowerThanTheMargin_isAskedTwice_andItsPermitIsValid() {
        RateLimits limits = limits(new DistantStore(store, time, Duration.ofMillis(60)), Duration.ofSeconds(2), 100);
        Future<Void> first = ask(limits).compose(limits::renewed);
        pass(119);
        assertThat(first.isComplete()).isFalse();
        pass(1);
        assertThat(first.succeeded()).isTrue();

        Future<Void> second = ask(limits).compose(limits::renewed);

        pass(1_049);
        assertThat(second.isComplete()).isFalse();
        pass(1);
        assertThat(second.succeeded()).isTrue();
        assertThat(renewals()).isZero();
    }

    @Test
    void afterASlowAnswer_theStoreIsAskedOnceMore() {
        DistantStore distant = new DistantStore(store, time, Duration.ofMillis(26));
        RateLimits limits = limits(distant, Duration.ofSeconds(2), 100);
        Future<Void> first = ask(limits).compose(limits::renewed);
        distant.away(Duration.ofMillis(1));
        pass(26);
        assertThat(first.isComplete()).isFalse();

        pass(1);

        assertThat(first.succeeded()).isTrue();
        Future<Void> second = ask(limits).compose(limits::renewed);
        pass(1_049);
        assertThat(second.isComplete()).isFalse();
        pass(1);
        assertThat(second.succeeded()).isTrue();
    }

    @Test
    void afterASlowAnswerToAWaitingRequest_theStoreIsAskedOnceMore() {
        DistantStore distant = new DistantStore(store, time, Duration.ofMillis(1));
        RateLimits limits = limits(distant, Duration.ofSeconds(2), 100);
        Future<Void> first = ask(limits).compose(limits::renewed);
        distant.away(Duration.ofMillis(200));
        Future<Void> second = ask(limits).compose(limits::renewed);
        distant.away(Duration.ofMillis(1));
        pass(1);
        assertThat(first.succeeded()).isTrue();

        pass(1_050);

        assertThat(second.succeeded()).isTrue();
        assertThat(renewals()).isZero();
    }
}
