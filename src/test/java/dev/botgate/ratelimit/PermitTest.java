package dev.botgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
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
    private final MemoryStore store = new MemoryStore(time, Limited.THROTTLED, 1_000);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private RateLimits limits(Duration maximumWait, int maximumWaiting) {
        return limits(store, maximumWait, maximumWaiting);
    }

    private RateLimits limits(LimitStore store, Duration maximumWait, int maximumWaiting) {
        return limits(store, maximumWait, maximumWaiting, Duration.ofMillis(50));
    }

    private RateLimits limits(LimitStore store, Duration maximumWait, int maximumWaiting, Duration margin) {
        LimitSettings limit = new LimitSettings(null, List.of("bot"), "1/1s", null, maximumWait, margin);
        RateLimitSettings settings = Settings.of(Map.of("all", limit), List.of());
        return new RateLimits(
                new RateLimitSettings(
                        settings.presets(),
                        settings.limits(),
                        settings.bots(),
                        settings.background(),
                        settings.throttled(),
                        maximumWaiting,
                        settings.maximumScopes(),
                        settings.store(),
                        settings.storeOutage(),
                        settings.outageHold()),
                store,
                time,
                time,
                () -> Instant.parse("2026-11-22T10:00:00Z"),
                registry);
    }

    private static Future<Permit> ask(RateLimits limits) {
        return limits.admit(Asked.send("c"), Asked.bot("bot-1"), Duration.ofDays(365));
    }

    private double renewals() {
        return registry.get("botgate.ratelimit.renewals").counter().count();
    }

    private void pass(int millis) {
        time.pass(Duration.ofMillis(millis));
    }

    @Test
    void whoWaits_isToldHalfTheMarginEarly_andGoesAtItsMoment() {
        RateLimits limits = limits(Duration.ofSeconds(2), 100);
        assertThat(ask(limits).succeeded()).isTrue();
        Future<Permit> second = ask(limits);
        pass(1_029);
        assertThat(second.isComplete()).isFalse();
        pass(1);

        Future<Void> goes = second.result().renewed();

        pass(19);
        assertThat(goes.isComplete()).isFalse();
        pass(1);
        assertThat(goes.succeeded()).isTrue();
        assertThat(renewals()).isZero();
    }

    @Test
    void whoIsReadyLaterThanHalfTheMargin_isCountedWhenItGoes() {
        RateLimits limits = limits(Duration.ofSeconds(2), 100);
        Permit permit = ask(limits).result();

        pass(25);
        assertThat(permit.renewed().succeeded()).isTrue();
        assertThat(renewals()).isZero();
        pass(375);
        assertThat(permit.renewed().succeeded()).isTrue();
        assertThat(permit.renewed().succeeded()).isTrue();
        assertThat(renewals()).isEqualTo(1);

        Future<Void> next = ask(limits).compose(Permit::renewed);
        pass(1_049);
        assertThat(next.isComplete()).isFalse();
        pass(1);
        assertThat(next.succeeded()).isTrue();
    }

    @Test
    void whoIsReadyTooLate_goesBeforeThoseWhoWait_howeverManyTheyAre() {
        RateLimits limits = limits(Duration.ofMillis(2_100), 2);
        Permit permit = ask(limits).result();
        Future<Void> second = ask(limits).compose(Permit::renewed);
        Future<Void> third = ask(limits).compose(Permit::renewed);
        assertThat(ask(limits).failed()).isTrue();
        pass(500);

        Future<Void> renewed = permit.renewed();

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
    void whoIsReadyTooLate_makesNobodyWaitForLongerThanItsClientDoes() {
        RateLimits limits = limits(Duration.ofSeconds(5), 100);
        Permit permit = ask(limits).result();
        Future<Void> hasty = limits.admit(Asked.send("c"), Asked.bot("bot-1"), Duration.ofSeconds(2))
                .compose(Permit::renewed);
        Future<Void> patient = ask(limits).compose(Permit::renewed);
        pass(500);

        Future<Void> renewed = permit.renewed();

        pass(550);
        assertThat(hasty.succeeded()).isTrue();
        pass(1_050);
        assertThat(renewed.succeeded()).isTrue();
        assertThat(patient.isComplete()).isFalse();
        pass(1_050);
        assertThat(patient.succeeded()).isTrue();
    }

    @Test
    void whoIsTooLateInTheEnd_learnsOnceTheStoreHasAnswered_whetherItGoes() {
        RateLimits limits = limits(new DistantStore(store, time, Duration.ofMillis(5)), Duration.ofSeconds(2), 100);
        Future<Permit> first = ask(limits);
        pass(5);
        assertThat(first.result().last().result()).isTrue();
        pass(26);

        Future<Boolean> goes = first.result().last();

        assertThat(goes.isComplete()).isFalse();
        pass(5);
        assertThat(goes.result()).isTrue();
        assertThat(renewals()).isEqualTo(1);
    }

    @Test
    void whoIsTooLateInTheEnd_andHasToWait_learnsThatAtOnce_andWaitsForOnePermit() {
        RateLimits limits = limits(Duration.ofSeconds(2), 100);
        Permit permit = ask(limits).result();
        Future<Permit> second = ask(limits);
        pass(500);

        Future<Boolean> goes = permit.last();

        assertThat(goes.result()).isFalse();
        Future<Void> renewed = permit.renewed();
        pass(549);
        assertThat(renewed.isComplete()).isFalse();
        pass(1);
        assertThat(renewed.succeeded()).isTrue();
        assertThat(permit.last().result()).isTrue();
        assertThat(renewals()).isEqualTo(1);
        assertThat(second.isComplete()).isFalse();
    }

    @Test
    void whoHasBeenTold_andWhoseLimitIsClosedBeforeItsMoment_waitsUntilItOpens() {
        RateLimits limits = limits(Duration.ofSeconds(5), 100);
        Permit first = ask(limits).result();
        Future<Permit> second = ask(limits);
        pass(1_040);
        MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("Retry-After", "1");
        first.heard(new Reply(429, "Too Many Requests", headers, new ReplyBody.Absent(0)));
        Future<Void> goes = second.result().renewed();
        Future<Void> third = ask(limits).compose(Permit::renewed);

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
    void whoIsTooLateForEveryPermit_isRefused_andTakesNone() {
        RateLimits limits = limits(Duration.ofSeconds(2), 100);
        Permit permit = ask(limits).result();
        for (int i = 0; i < 10; i++) {
            pass(26);
            assertThat(permit.renewed().succeeded()).isTrue();
        }
        pass(26);

        Future<Void> renewed = permit.renewed();

        GatewayException refusal = (GatewayException) renewed.cause();
        assertThat(refusal.failure()).isEqualTo(Failure.THROTTLED);
        assertThat(refusal.retryAfter()).contains(Duration.ofSeconds(1));
        assertThat(renewals()).isEqualTo(10);
        assertThat(ask(limits).succeeded()).isTrue();
    }

    @Test
    void whoIsTooLateForLongerThanItMayWait_isRefused() {
        RateLimits limits = limits(Duration.ofMillis(1_100), 100);
        Permit permit = ask(limits).result();
        pass(60_000);
        assertThat(permit.renewed().succeeded()).isTrue();
        pass(1_100);
        assertThat(permit.renewed().succeeded()).isTrue();
        pass(1_100);

        Future<Void> renewed = permit.renewed();

        assertThat(((GatewayException) renewed.cause()).failure()).isEqualTo(Failure.THROTTLED);
    }

    @Test
    void aMarginSmallerThanTimersAreFine_makesNobodyLateForThat() {
        RateLimits limits = limits(store, Duration.ofSeconds(2), 100, Duration.ofMillis(2));
        Permit permit = ask(limits).result();

        pass(5);
        assertThat(permit.renewed().succeeded()).isTrue();
        assertThat(renewals()).isZero();
        pass(1);
        assertThat(permit.renewed().succeeded()).isTrue();

        assertThat(renewals()).isEqualTo(1);
    }

    /** Limits whose store is {@code distant}, and that know it. */
    private RateLimits knowing(DistantStore distant) {
        RateLimits limits = limits(distant, Duration.ofSeconds(2), 100);
        Future<Permit> another = limits.admit(Asked.send("c"), Asked.bot("another"), Duration.ofDays(365));
        pass(1_000);
        assertThat(another.succeeded()).isTrue();
        return limits;
    }

    @Test
    void whoseStoreIsFurtherAwayThanTheMargin_goesAllTheSame() {
        RateLimits limits = knowing(new DistantStore(store, time, Duration.ofMillis(60)));
        Future<Void> first = ask(limits).compose(Permit::renewed);
        pass(60);
        assertThat(first.succeeded()).isTrue();

        Future<Permit> second = ask(limits);

        pass(1_030);
        assertThat(second.succeeded()).isTrue();
        Future<Void> goes = second.result().renewed();
        assertThat(goes.isComplete()).isFalse();
        pass(20);
        assertThat(goes.succeeded()).isTrue();
        assertThat(renewals()).isZero();
    }

    @Test
    void whoseAnswerTakesLongerThanOthers_isLateByThat() {
        DistantStore distant = new DistantStore(store, time, Duration.ofMillis(60));
        RateLimits limits = knowing(distant);
        distant.away(Duration.ofMillis(86));
        Future<Void> goes = ask(limits).compose(Permit::renewed);
        distant.away(Duration.ofMillis(60));

        pass(86);

        assertThat(goes.isComplete()).isFalse();
        assertThat(renewals()).isEqualTo(1);
        pass(60);
        assertThat(goes.succeeded()).isTrue();
    }

    @Test
    void whoseFirstAnswerOfAllTakesLong_isLateByIt_sinceNobodyKnowsHowFarTheStoreIs() {
        RateLimits limits = limits(new DistantStore(store, time, Duration.ofMillis(26)), Duration.ofSeconds(2), 100);
        Future<Void> goes = ask(limits).compose(Permit::renewed);

        pass(26);

        assertThat(renewals()).isEqualTo(1);
        pass(26);
        assertThat(goes.succeeded()).isTrue();
    }

    @Test
    void whoHasToWaitAndKnowsItsMomentBadly_asksOnceMore() {
        DistantStore distant = new DistantStore(store, time, Duration.ofMillis(1));
        RateLimits limits = knowing(distant);
        Future<Void> first = ask(limits).compose(Permit::renewed);
        distant.away(Duration.ofMillis(200));
        Future<Void> second = ask(limits).compose(Permit::renewed);
        distant.away(Duration.ofMillis(1));
        pass(1);
        assertThat(first.succeeded()).isTrue();

        pass(1_050);

        assertThat(second.succeeded()).isTrue();
        assertThat(renewals()).isZero();
    }

    @Test
    void whoWaitsAndKnowsItsMomentBadlyAllTheSame_takesAnotherPermitAsSoonAsItIsReady() {
        DistantStore distant = new DistantStore(store, time, Duration.ofMillis(1));
        RateLimits limits = knowing(distant);
        Future<Void> first = ask(limits).compose(Permit::renewed);
        distant.away(Duration.ofMillis(30));
        Future<Void> second = ask(limits).compose(Permit::renewed);
        pass(30);
        distant.away(Duration.ofMillis(1));
        assertThat(first.succeeded()).isTrue();

        pass(1_029);
        assertThat(renewals()).isZero();
        pass(1);

        assertThat(renewals()).isEqualTo(1);
        pass(1);
        assertThat(second.succeeded()).isTrue();
    }
}
