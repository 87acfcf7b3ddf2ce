package dev.botgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.exchange.RequestHead;
import dev.botgate.ratelimit.RateLimitSettings.LimitSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Replies and broadcasts of one bot that wait for the same: one a second, five seconds at most, broadcasts join two. */
class PriorityTest {
    private static final RequestHead REPLY = LimitedCalls.head("POST", "/v3/conversations/c/activities/a");
    private static final RequestHead BROADCAST = LimitedCalls.head("POST", "/v3/conversations");

    private final ManualTime time = new ManualTime();
    private final List<String> gone = new ArrayList<>();
    private final RateLimits limits =
            limits(SampleSettings.of("1/1s", Duration.ofSeconds(5), "bot"), "CreateConversation");

    private RateLimits limits(RateLimitSettings settings, String background) {
        return new RateLimits(
                SampleSettings.withBackground(settings, background),
                new MemoryStore(time, SampleLimits.THROTTLED, 1_000),
                time,
                () -> Instant.EPOCH,
                new SimpleMeterRegistry());
    }

    private Future<ReservedPermit> ask(RequestHead head, String name) {
        return ask(limits, head, name);
    }

    private Future<ReservedPermit> ask(RateLimits limits, RequestHead head, String name) {
        Future<ReservedPermit> permit = limits.admit(head, LimitedCalls.bot("bot-1"), Duration.ofDays(2));
        return permit.onSuccess(given -> gone.add(name));
    }

    private void pass(int seconds) {
        time.pass(Duration.ofSeconds(seconds));
    }

    @Test
    void aReplyGoesBeforeWaitingBroadcasts_whichKeepTheirOrder() {
        assertThat(ask(BROADCAST, "b0").succeeded()).isTrue();
        assertThat(ask(BROADCAST, "b1").failed()).isFalse();
        assertThat(ask(BROADCAST, "b2").failed()).isFalse();
        assertThat(ask(BROADCAST, "b3").failed())
                .as("beyond its part of the queue")
                .isTrue();
        assertThat(ask(REPLY, "r1").failed()).isFalse();
        assertThat(ask(REPLY, "r2").failed()).isFalse();

        pass(1);
        assertThat(gone).containsExactly("b0", "r1");
        pass(3);
        assertThat(gone).containsExactly("b0", "r1", "r2", "b1", "b2");
    }

    @Test
    void aWaitingBroadcast_isNeverRefused_norSentAfterMaximumWait() {
        Future<ReservedPermit> first = ask(BROADCAST, "b0");
        Future<ReservedPermit> promised = ask(BROADCAST, "b1");
        for (int second = 0; second < 4; second++) {
            for (int i = 0; i < 6; i++) {
                ask(REPLY, "r").onFailure(refused -> gone.add("refused"));
            }
            gone.removeIf("refused"::equals);
            pass(1);
            assertThat(gone).hasSize(second + 2).doesNotContain("b1");
        }

        pass(1);

        assertThat(first.succeeded()).isTrue();
        assertThat(promised.succeeded()).isTrue();
        assertThat(gone.get(5)).isEqualTo("b1");
    }

    @Test
    void whenAClientDisconnects_repliesAndBroadcastsMoveUp() {
        assertThat(ask(BROADCAST, "b0").succeeded()).isTrue();
        assertThat(ask(BROADCAST, "b1").failed()).isFalse();
        Waiter leaving = limits.enter(REPLY, LimitedCalls.bot("bot-1"), Duration.ofDays(2));
        assertThat(ask(REPLY, "r1").failed()).isFalse();

        limits.leave(leaving);

        assertThat(leaving.permit().failed()).isTrue();
        pass(2);
        assertThat(gone).containsExactly("b0", "r1", "b1");
    }

    private void askUnderTeams(RequestHead background, String operation) {
        RateLimits teams = limits(SampleSettings.of(Map.of(), List.of("teams")), operation);
        for (int i = 0; i < 7; i++) {
            assertThat(ask(teams, background, "b").succeeded()).isTrue();
        }
        gone.clear();
        assertThat(ask(teams, background, "broadcast").isComplete()).isFalse();
        assertThat(ask(teams, REPLY, "reply").isComplete()).isFalse();

        time.pass(Duration.ofSeconds(4));
    }

    @Test
    void underTeams_aReplyGoesBeforeBackgroundWorkOfTheSameScopes() {
        askUnderTeams(LimitedCalls.head("PUT", "/v3/conversations/c/activities/a"), "UpdateActivity");

        assertThat(gone).containsExactly("reply", "broadcast");
    }

    @Test
    void underTeams_aReplyWaitsBehindBackgroundWorkWithAFurtherLimit() {
        askUnderTeams(LimitedCalls.send("c"), "SendToConversation");

        assertThat(gone).containsExactly("broadcast", "reply");
    }

    /** One a second, with a margin of 50 ms: who is half of that late takes another permit. */
    private RateLimits strict() {
        LimitSettings limit =
                new LimitSettings(null, List.of("bot"), "1/1s", null, Duration.ofSeconds(5), Duration.ofMillis(50));
        return limits(SampleSettings.of(Map.of("all", limit), List.of()), "CreateConversation");
    }

    private void passMillis(int millis) {
        time.pass(Duration.ofMillis(millis));
    }

    @Test
    void aReplyThatIsLateForABroadcastsReservation_asksAgainAsAReply() {
        RateLimits strict = strict();
        assertThat(ask(strict, BROADCAST, "b0").succeeded()).isTrue();
        assertThat(ask(strict, BROADCAST, "b1").failed()).isFalse();
        Future<ReservedPermit> late = ask(strict, REPLY, "r1");
        ask(strict, REPLY, "r2").onFailure(refused -> gone.add("refused"));
        ask(strict, REPLY, "r3").onFailure(refused -> gone.add("refused"));
        passMillis(1_200);
        assertThat(gone).containsExactly("b0", "r1");

        Future<Void> goes = strict.renewed(late.result());

        passMillis(900);
        assertThat(goes.succeeded()).isTrue();
        assertThat(gone).containsExactly("b0", "r1");
    }

    @Test
    void aLateBroadcast_isNotRefused_andGoesFirst() {
        RateLimits strict = strict();
        assertThat(ask(strict, BROADCAST, "b0").succeeded()).isTrue();
        Future<ReservedPermit> late = ask(strict, BROADCAST, "b1");
        passMillis(1_030);
        for (int i = 0; i < 3; i++) {
            ask(strict, REPLY, "r").onFailure(refused -> gone.add("refused"));
        }
        passMillis(170);

        Future<Void> goes = strict.renewed(late.result());

        passMillis(900);
        assertThat(goes.succeeded()).isTrue();
        assertThat(gone).containsExactly("b0", "b1");
    }

    @Test
    void aLateBroadcast_isNotOvertakenAgain() {
        RateLimits strict = strict();
        assertThat(ask(strict, BROADCAST, "b0").succeeded()).isTrue();
        Future<ReservedPermit> late = ask(strict, BROADCAST, "b1");
        passMillis(1_030);
        assertThat(ask(strict, BROADCAST, "b2").failed()).isFalse();
        passMillis(170);
        Future<Void> goes = strict.renewed(late.result());

        assertThat(ask(strict, REPLY, "r1").failed()).isFalse();

        passMillis(900);
        assertThat(goes.succeeded()).isTrue();
        passMillis(1_050);
        assertThat(gone).containsExactly("b0", "b1", "r1");
    }

    @Test
    void aBroadcastInACooldown_waitsForUpToMaximumWait() {
        Future<ReservedPermit> first = ask(BROADCAST, "b0");
        assertThat(ask(BROADCAST, "b1").failed()).isFalse();

        limits.onReply(first.result().request(), LimitedCalls.reply(412, "Retry-After", "4"));

        pass(4);
        assertThat(gone).containsExactly("b0", "b1");
    }

    @Test
    void broadcastsFillHalfOfTheQueueAtMost() {
        RateLimits fast = limits(SampleSettings.of("1/1ms", Duration.ofSeconds(5), "bot"), "CreateConversation");
        for (int i = 0; i < 60; i++) {
            ask(fast, BROADCAST, "b").onFailure(refused -> gone.add("refused"));
        }
        assertThat(gone).filteredOn("refused"::equals).hasSize(9);
        gone.clear();

        for (int i = 0; i < 60; i++) {
            ask(fast, REPLY, "r").onFailure(refused -> gone.add("refused"));
        }

        assertThat(gone).filteredOn("refused"::equals).hasSize(10);
        pass(1);
        assertThat(gone).filteredOn("b"::equals).hasSize(50);
    }
}
