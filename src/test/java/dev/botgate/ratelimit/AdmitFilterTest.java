package dev.botgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.botgate.exchange.Identified;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.RequestHead;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.ratelimit.RateLimitSettings.LimitMode;
import dev.botgate.ratelimit.RateLimitSettings.LimitSettings;
import dev.botgate.testing.UnreadBody;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class AdmitFilterTest {
    private final ManualTime time = new ManualTime();
    private final MemoryStore store = new MemoryStore(time, SampleLimits.THROTTLED, 1_000);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<String> forwarded = new ArrayList<>();
    private final Deque<Reply> replies = new ArrayDeque<>();

    private RateLimits limits(RateLimitSettings settings) {
        return limits(settings, store);
    }

    private RateLimits limits(RateLimitSettings settings, LimitStore from) {
        return new RateLimits(settings, from, time, () -> Instant.parse("2026-11-22T10:00:00Z"), registry);
    }

    private Future<Reply> ask(AdmitFilter admission, String conversation, UnreadBody body) {
        Identified request = LimitedCalls.identified(LimitedCalls.send(conversation), "bot-1", body);
        return admission.apply(request, next -> {
            ((ReservedPermit) next.permit()).use();
            forwarded.add(next.head().route().conversation());
            return Future.succeededFuture(replies.isEmpty() ? LimitedCalls.reply(200) : replies.remove());
        });
    }

    private Future<Reply> ask(AdmitFilter admission, String conversation) {
        return ask(admission, conversation, LimitedCalls.body());
    }

    @Test
    void aRequestWithinItsLimits_isAdmittedAtOnce_withQuotaHeaders() {
        AdmitFilter admission = new AdmitFilter(limits(SampleSettings.of("2/1s, 3/10s", Duration.ofSeconds(5))));

        Reply reply = ask(admission, "c").result();

        assertThat(reply.headers().get("RateLimit")).isEqualTo("\"all-1s\";r=1;t=1");
        assertThat(reply.headers().get("RateLimit-Policy")).isEqualTo("\"all-1s\";q=2;w=1, \"all-10s\";q=3;w=10");
    }

    @Test
    void ofExhaustedWindows_theHeadersShowTheOneThatStaysSoLongest() {
        AdmitFilter admission = new AdmitFilter(limits(SampleSettings.of("1/1s, 1/10s", Duration.ZERO)));
        assertThat(ask(admission, "c").succeeded()).isTrue();

        GatewayException refusal = (GatewayException) ask(admission, "c").cause();

        assertThat(refusal.headers()).containsEntry("RateLimit", "\"all-10s\";r=0;t=10");
        assertThat(refusal.retryAfter()).contains(Duration.ofSeconds(10));
    }

    @Test
    void inACooldown_theHeadersShowNoPermitsLeft() {
        RateLimits limits = limits(SampleSettings.of("2/1s, 3/10s", Duration.ofSeconds(1)));
        limits.onReply(LimitedCalls.send("c"), LimitedCalls.bot("bot-1"), LimitedCalls.reply(429, "Retry-After", "3"));

        GatewayException refusal =
                (GatewayException) ask(new AdmitFilter(limits), "c").cause();

        assertThat(refusal.headers()).containsEntry("RateLimit", "\"all-1s\";r=0;t=3");
    }

    @Test
    void theMarginIsNotToldToClients() {
        LimitSettings limit =
                new LimitSettings(null, List.of("bot"), "2/1s", null, Duration.ofSeconds(1), Duration.ofMillis(40));
        AdmitFilter admission = new AdmitFilter(limits(SampleSettings.of(Map.of("all", limit), List.of())));

        Reply reply = ask(admission, "c").result();

        assertThat(reply.headers().get("RateLimit")).isEqualTo("\"all\";r=1;t=1");
    }

    @Test
    void waitingRequestsAreCounted_afterAGarbageCollectionToo() {
        AdmitFilter admission = new AdmitFilter(limits(SampleSettings.of("1/1s", Duration.ofSeconds(5))));
        assertThat(ask(admission, "c").succeeded()).isTrue();
        assertThat(ask(admission, "c").isComplete()).isFalse();

        System.gc();

        assertThat(registry.get("botgate.ratelimit.waiting").gauge().value()).isEqualTo(1);
    }

    @Test
    void aShortBurstIsSmoothedByWaiting_inOrder() {
        AdmitFilter admission = new AdmitFilter(limits(SampleSettings.of("1/1s", Duration.ofSeconds(5))));
        List<Integer> done = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int number = i;
            ask(admission, "c").onSuccess(reply -> done.add(number));
        }

        time.pass(Duration.ofMillis(999));
        assertThat(done).containsExactly(0);
        time.pass(Duration.ofMillis(1));
        assertThat(done).containsExactly(0, 1);
        time.pass(Duration.ofSeconds(1));
        assertThat(done).containsExactly(0, 1, 2);
    }

    @Test
    void aRequestThatWouldWaitTooLong_isRefusedAtOnce_withATrueRetryAfter() {
        AdmitFilter admission = new AdmitFilter(limits(SampleSettings.of("1/10s", Duration.ofSeconds(5))));
        assertThat(ask(admission, "c").succeeded()).isTrue();
        time.pass(Duration.ofSeconds(2));

        GatewayException refusal = (GatewayException) ask(admission, "c").cause();

        assertThat(refusal.failure()).isEqualTo(Failure.THROTTLED);
        assertThat(refusal.retryAfter()).contains(Duration.ofSeconds(8));
        assertThat(refusal.headers()).containsEntry("RateLimit", "\"all\";r=0;t=8");
        assertThat(forwarded).hasSize(1);
        time.pass(Duration.ofSeconds(8));
        assertThat(ask(admission, "c").succeeded()).isTrue();
    }

    @Test
    void aRefusalConsumesNothing() {
        AdmitFilter admission = new AdmitFilter(limits(SampleSettings.of(
                Map.of(
                        "narrow",
                        new LimitSettings(null, List.of("conversation"), "1/10s", null, Duration.ZERO, Duration.ZERO),
                        "wide",
                        new LimitSettings(null, List.of("bot"), "2/10s", null, Duration.ZERO, Duration.ZERO)),
                List.of())));
        assertThat(ask(admission, "c").succeeded()).isTrue();
        assertThat(ask(admission, "c").failed()).isTrue();

        assertThat(ask(admission, "d").succeeded()).isTrue();
    }

    @Test
    void aWaitingClientThatHangsUpGivesItsPlaceBack() {
        AdmitFilter admission = new AdmitFilter(limits(SampleSettings.of("1/1s", Duration.ofSeconds(2), "bot")));
        assertThat(ask(admission, "c").succeeded()).isTrue();
        UnreadBody leaving = LimitedCalls.body();
        Future<Reply> left = ask(admission, "c", leaving);
        Future<Reply> second = ask(admission, "c");
        assertThat(ask(admission, "c").failed()).isTrue();

        leaving.disconnect();

        assertThat(((GatewayException) left.cause()).failure()).isEqualTo(Failure.CLIENT_GONE);
        Future<Reply> third = ask(admission, "c");
        time.pass(Duration.ofSeconds(1));
        assertThat(second.succeeded()).isTrue();
        assertThat(third.isComplete()).isFalse();
        time.pass(Duration.ofSeconds(1));
        assertThat(third.succeeded()).isTrue();
        assertThat(forwarded).hasSize(3);
    }

    @Test
    void aFailureBeforeAnythingWasSent_givesThePermitBack_inTheHeadersToo() {
        AdmitFilter admission = new AdmitFilter(limits(SampleSettings.of("1/300s", Duration.ZERO)));
        GatewayException unrecorded = new GatewayException(Failure.AUDIT_UNAVAILABLE, "PostgreSQL is away");

        for (int i = 0; i < 75; i++) {
            GatewayException failure = (GatewayException)
                    fail(admission, unrecorded, request -> {}).cause();
            assertThat(failure.failure()).isEqualTo(Failure.AUDIT_UNAVAILABLE);
            assertThat(failure.headers()).containsEntry("RateLimit", "\"all\";r=1;t=300");
        }

        assertThat(ask(admission, "c").succeeded()).isTrue();
        assertThat(((GatewayException) ask(admission, "c").cause()).failure()).isEqualTo(Failure.THROTTLED);
    }

    @Test
    void aFailureAfterTheFirstByteWasSent_usesThePermit() {
        AdmitFilter admission = new AdmitFilter(limits(SampleSettings.of("1/300s", Duration.ZERO)));
        GatewayException broken = new GatewayException(Failure.UPSTREAM_REPLY_BROKEN, "The connector broke off");

        GatewayException failure =
                (GatewayException) fail(admission, broken, request -> ((ReservedPermit) request.permit()).use())
                        .cause();

        assertThat(failure.headers()).containsEntry("RateLimit", "\"all\";r=0;t=300");
        assertThat(((GatewayException) ask(admission, "c").cause()).failure()).isEqualTo(Failure.THROTTLED);
    }

    @Test
    void aPermitThatWasGivenBackAndNotReplaced_isNotGivenBackTwice() {
        LimitSettings limit =
                new LimitSettings(null, List.of("bot"), "2/300s", null, Duration.ZERO, Duration.ofMillis(50));
        RateLimits limits = limits(SampleSettings.of(Map.of("all", limit), List.of()));
        AdmitFilter admission = new AdmitFilter(limits);
        assertThat(ask(admission, "c").succeeded()).isTrue();
        Future<Reply> late = admission.apply(
                LimitedCalls.identified(LimitedCalls.send("c"), "bot-1", LimitedCalls.body()), request -> {
                    limits.onReply(
                            LimitedCalls.send("c"),
                            LimitedCalls.bot("bot-1"),
                            LimitedCalls.reply(429, "Retry-After", "1"));
                    return limits.renewed((ReservedPermit) request.permit()).map(goes -> LimitedCalls.reply(200));
                });
        time.pass(Duration.ofSeconds(1));
        assertThat(((GatewayException) late.cause()).failure()).isEqualTo(Failure.THROTTLED);

        assertThat(ask(admission, "c").succeeded()).isTrue();
        assertThat(ask(admission, "c").failed()).isTrue();
    }

    private static Future<Reply> fail(AdmitFilter admission, GatewayException failure, Consumer<Identified> before) {
        return admission.apply(
                LimitedCalls.identified(LimitedCalls.send("c"), "bot-1", LimitedCalls.body()), request -> {
                    before.accept(request);
                    return Future.failedFuture(failure);
                });
    }

    @Test
    void aClientThatDisconnectedBeforeTheStoreAnswered_keepsNoPermit() {
        DistantStore distant = new DistantStore(store, time, Duration.ofMillis(5));
        RateLimits limits = limits(SampleSettings.of("1/300s", Duration.ZERO), distant);
        Waiter entry = limits.enter(LimitedCalls.send("c"), LimitedCalls.bot("bot-1"), Duration.ofSeconds(5));

        limits.leave(entry);

        time.pass(Duration.ofMillis(5));
        assertThat(((GatewayException) entry.permit().cause()).failure()).isEqualTo(Failure.CLIENT_GONE);
        Future<ReservedPermit> next = limits.admit(LimitedCalls.send("c"), LimitedCalls.bot("bot-1"), Duration.ZERO);
        time.pass(Duration.ofMillis(5));
        assertThat(next.succeeded()).isTrue();
    }

    @Test
    void aCooldownLastsAsLongAsRetryAfter_inItsScopeOnly() {
        RateLimits limits = limits(SampleSettings.of("4/1s", Duration.ofSeconds(1), "bot", "conversation"));
        AdmitFilter admission = new AdmitFilter(limits);

        limits.onReply(
                LimitedCalls.send("c"),
                LimitedCalls.bot("bot-1"),
                LimitedCalls.reply(429, "Retry-After", "Sun, 22 Nov 2026 10:00:03 GMT"));

        assertThat(((GatewayException) ask(admission, "c").cause()).retryAfter())
                .contains(Duration.ofSeconds(3));
        assertThat(ask(admission, "d").succeeded()).isTrue();
        assertThat(limits.snapshot().cooldowns())
                .containsExactly(new RateLimitSnapshot.CooldownLine("all|bot-1|c", 429, Duration.ofSeconds(3), 1));
        time.pass(Duration.ofSeconds(3));
        assertThat(ask(admission, "c").succeeded()).isTrue();
    }

    /** The attempts begin cooldowns one by one; the client may get the reply to an earlier one. */
    @Test
    void aReplyThatIsPassedOn_beginsNoCooldown() {
        RateLimits limits = limits(SampleSettings.of("4/1s", Duration.ofSeconds(1), "bot", "conversation"));
        replies.add(LimitedCalls.reply(429, "Retry-After", "3"));

        assertThat(ask(new AdmitFilter(limits), "c").result().status()).isEqualTo(429);

        assertThat(limits.snapshot().cooldowns()).isEmpty();
    }

    @Test
    void whoWaitsInAScopeThatIsClosedWaitsUntilItOpens() {
        RateLimits limits = limits(SampleSettings.of("2/1s", Duration.ofSeconds(5), "bot", "conversation"));
        AdmitFilter admission = new AdmitFilter(limits);
        ReservedPermit first = limits.admit(LimitedCalls.send("c"), LimitedCalls.bot("bot-1"), Duration.ofSeconds(5))
                .result();
        assertThat(ask(admission, "c").succeeded()).isTrue();
        List<Long> moments = new ArrayList<>();
        long start = time.micros();
        for (int i = 0; i < 3; i++) {
            ask(admission, "c").onSuccess(reply -> moments.add((time.micros() - start) / 1_000));
        }

        limits.onReply(first.request(), LimitedCalls.reply(429, "Retry-After", "3"));

        time.pass(Duration.ofSeconds(6));
        assertThat(moments).containsExactly(3_000L, 3_500L, 4_000L);
    }

    @Test
    void aCooldownLongerThanAWaitingRequestCanWait_refusesItAtOnce() {
        RateLimits limits = limits(SampleSettings.of("1/1s", Duration.ofSeconds(2), "bot", "conversation"));
        ReservedPermit first = limits.admit(LimitedCalls.send("c"), LimitedCalls.bot("bot-1"), Duration.ofSeconds(5))
                .result();
        Future<Reply> waiting = ask(new AdmitFilter(limits), "c");

        limits.onReply(first.request(), LimitedCalls.reply(412, "Retry-After", "7"));

        assertThat(((GatewayException) waiting.cause()).retryAfter()).contains(Duration.ofSeconds(7));
    }

    @Test
    void repeatedThrottlingLowersALimit_whichRecoversGradually() {
        RateLimits limits = limits(SampleSettings.of("10/1s", Duration.ofMillis(1_500), "bot", "conversation"));
        assertThat(admittedInTenSeconds(limits)).isEqualTo(100);
        throttle(limits);
        assertThat(admittedInTenSeconds(limits)).isEqualTo(100);
        throttle(limits);

        assertThat(admittedInTenSeconds(limits)).isBetween(50, 70);
        time.pass(Duration.ofSeconds(60));
        assertThat(admittedInTenSeconds(limits)).isEqualTo(100);
    }

    @Test
    void anOperatorIsShownHowALoweredLimitRecovers() {
        RateLimits limits = limits(SampleSettings.of("10/1s", Duration.ZERO, "bot", "conversation"));
        throttle(limits);
        throttle(limits);
        double lowered = limits.snapshot().cooldowns().get(0).factor();

        time.pass(Duration.ofSeconds(20));

        assertThat(lowered).isBetween(0.5, 0.6);
        assertThat(limits.snapshot().cooldowns().get(0).factor()).isCloseTo(lowered + 0.2, within(0.001));
        time.pass(Duration.ofSeconds(30));
        assertThat(limits.snapshot().cooldowns()).isEmpty();
    }

    private void throttle(RateLimits limits) {
        time.pass(Duration.ofSeconds(2));
        limits.admit(LimitedCalls.send("c"), LimitedCalls.bot("bot-1"), Duration.ZERO)
                .onSuccess(permit -> limits.onReply(permit.request(), LimitedCalls.reply(429)));
        time.pass(Duration.ofSeconds(2));
    }

    private int admittedInTenSeconds(RateLimits limits) {
        int[] admitted = {0};
        for (int i = 0; i < 200; i++) {
            limits.admit(LimitedCalls.send("c"), LimitedCalls.bot("bot-1"), Duration.ZERO)
                    .onSuccess(permit -> admitted[0]++);
            time.pass(Duration.ofMillis(50));
        }
        time.pass(Duration.ofSeconds(3));
        return admitted[0];
    }

    @Test
    void aLimitInShadowModeCountsAndLetsThrough() {
        AdmitFilter admission = new AdmitFilter(limits(SampleSettings.of(
                Map.of(
                        "all",
                        new LimitSettings(
                                null, List.of(), "1/10s", LimitMode.SHADOW, Duration.ofSeconds(1), Duration.ZERO)),
                List.of())));

        for (int i = 0; i < 3; i++) {
            assertThat(ask(admission, "c").succeeded()).isTrue();
        }

        assertThat(count("missed")).isEqualTo(2);
        assertThat(count("refused")).isZero();
    }

    @Test
    void theNumberWaitingIsBounded() {
        AdmitFilter admission = new AdmitFilter(limits(SampleSettings.of("1/1ms", Duration.ofSeconds(5))));
        int refused = 0;
        for (int i = 0; i < 102; i++) {
            refused += ask(admission, "c").failed() ? 1 : 0;
        }

        assertThat(refused).isEqualTo(1);
        assertThat(registry.get("botgate.ratelimit.waiting").gauge().value()).isEqualTo(100);
    }

    @Test
    void aClientCanSayHowLongItWaits() {
        assertThat(AdmitFilter.maximumWait(prefer("respond-async, wait=10"))).isEqualTo(Duration.ofSeconds(10));
        assertThat(AdmitFilter.maximumWait(prefer("await=10"))).isGreaterThan(Duration.ofDays(1));
        assertThat(AdmitFilter.maximumWait(prefer("wait=\"0\""))).isZero();
    }

    @Test
    void anOperatorCanResetAScope() {
        RateLimits limits = limits(SampleSettings.of("1/10s", Duration.ZERO, "bot"));
        AdmitFilter admission = new AdmitFilter(limits);
        assertThat(ask(admission, "c").succeeded()).isTrue();
        assertThat(ask(admission, "c").failed()).isTrue();

        assertThat(limits.reset(limits.snapshot().busiest().get(0).scope()).succeeded())
                .isTrue();

        assertThat(ask(admission, "c").succeeded()).isTrue();
    }

    private static RequestHead prefer(String value) {
        RequestHead head = LimitedCalls.send("c");
        head.headers().add("Prefer", value);
        return head;
    }

    private double count(String result) {
        return registry.get("botgate.ratelimit.decisions")
                .tag("limit", "all")
                .tag("result", result)
                .counter()
                .count();
    }
}
