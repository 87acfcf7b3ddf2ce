package dev.botgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.ratelimit.RateLimitSettings.LimitSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Who goes at which moment of a line: one request a second of one bot, and a line for each conversation. Of the moments
 * after 0 s, 1 s has come free, and at 2 s and 3 s two wait in the same conversation.
 */
class WaitQueuesTest {
    private final ManualTime time = new ManualTime();
    private final List<String> gone = new ArrayList<>();
    private final RateLimits limits = new RateLimits(
            SampleSettings.of(
                    Map.of("bot", limit("1/1s", "bot"), "conversation", limit("99/1s", "conversation")), List.of()),
            new MemoryStore(time, SampleLimits.THROTTLED, 1_000),
            time,
            () -> Instant.EPOCH,
            new SimpleMeterRegistry());

    private static LimitSettings limit(String windows, String countBy) {
        return new LimitSettings(null, List.of(countBy), windows, null, Duration.ofSeconds(9), Duration.ZERO);
    }

    private Waiter enter(String conversation, String name, int seconds) {
        Waiter entry =
                limits.enter(LimitedCalls.send(conversation), LimitedCalls.bot("bot-1"), Duration.ofSeconds(seconds));
        Future<ReservedPermit> told =
                entry.permit().onSuccess(permit -> gone.add(name + "@" + time.micros() / 1_000_000));
        assertThat(told.failed()).isFalse();
        return entry;
    }

    @BeforeEach
    void stand() {
        assertThat(enter("c", "first", 9).permit().succeeded()).isTrue();
        Waiter leaving = enter("another", "leaving", 9);
        assertThat(enter("c", "second", 9).permit().isComplete()).isFalse();
        assertThat(enter("c", "third", 9).permit().isComplete()).isFalse();
        limits.leave(leaving);
        assertThat(leaving.permit().failed()).isTrue();
    }

    private void goesAfter(String name, int seconds) {
        assertThat(enter("c", name, seconds).permit().isComplete()).isFalse();
        time.pass(Duration.ofSeconds(4));
    }

    @Test
    void whoJoins_standsLast() {
        goesAfter("new", 3);

        assertThat(gone).containsExactly("first@1", "second@2", "third@3", "new@4");
    }

    @Test
    void whoCannotWaitForTheLastMoment_goesInTime_andNobodyLaterForThat() {
        goesAfter("new", 1);

        assertThat(gone).containsExactly("first@1", "new@2", "second@3", "third@4");
    }

    @Test
    void whoCannotWaitForTheLastMoment_goesNoSoonerThanItMust() {
        goesAfter("new", 2);

        assertThat(gone).containsExactly("first@1", "second@2", "new@3", "third@4");
    }
}
