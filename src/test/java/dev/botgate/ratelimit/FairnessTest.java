package dev.botgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.ratelimit.PermitRequest.Scope;
import dev.botgate.ratelimit.RateLimitSettings.LimitSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bots that share a limit, over ninety seconds of a ticker. */
class FairnessTest {
    private static final long RUN = 90_000_000;

    /** What the first burst took is gone, and nobody's to share. */
    private static final long SETTLED = 20_000_000;

    private long clock;
    private MemoryStore store;
    private final Random random = new Random(7);

    @BeforeEach
    void aStore() {
        clock = 1_000_000;
        store = new MemoryStore(() -> clock, SampleLimits.THROTTLED, 1_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"16/2s", "14/1s,16/2s", "50/1s", "60/30s", "7/1s,8/2s,60/30s,1800/3600s"})
    void equalBotsAtTenTimesTheLimit_getEqualShares_andAllOfIt(String windows) {
        double[] admitted = run(windows, 1, 40, 40, 40, 40, 40);

        assertThat(jain(admitted)).isGreaterThan(0.97);
        assertThat(Arrays.stream(admitted).sum()).isGreaterThan(0.95 * allowed(windows));
    }

    @ParameterizedTest
    @CsvSource({"16/2s, 8", "50/1s, 50", "60/10s, 6"})
    void aBotThatUsesHalfOfItsShare_isNeverRefused_howeverMuchAnotherFloods(String windows, double perSecond) {
        double[] refused = new double[2];
        double[] admitted = run(windows, refused, 1, 400, perSecond / 4);

        assertThat(refused[1]).isLessThanOrEqualTo(0.03 * admitted[1]);
        assertThat(Arrays.stream(admitted).sum()).isGreaterThan(0.95 * allowed(windows));
    }

    @Test
    void whoeverFloodsGetsNoMoreThanWhoeverAsksForItsShare() {
        double[] admitted = run("16/2s", 1, 400, 8.5);

        assertThat(jain(admitted)).isGreaterThan(0.95);
    }

    @Test
    void weightsShapeTheParts() {
        double[] admitted = run("50/1s", 3, 100, 100);

        assertThat(admitted[0] / admitted[1]).isBetween(2.5, 3.5);
    }

    @Test
    void backgroundWorkLeavesTheQueueToReplies() {
        Scope scope = new Scope(SampleLimits.own("tenant", "10/1s", Duration.ofSeconds(5)), "tenant|bot");
        PermitRequest reply = SampleLimits.ask(1, scope);
        PermitRequest broadcast = new PermitRequest(reply.scopes(), 1, 1, 0.1, false, Long.MAX_VALUE);
        int replies = 0;
        int broadcasts = 0;
        for (; clock < RUN; clock += 20_000) {
            broadcasts += store.decideNow(broadcast).admitted() ? 1 : 0;
            Decision decision = store.decideNow(reply);
            replies += decision.admitted() ? 1 : 0;
        }

        assertThat(replies).isGreaterThan(20 * broadcasts);
    }

    private double[] run(String windows, double weightOfFirst, double... perSecond) {
        return run(windows, new double[perSecond.length], weightOfFirst, perSecond);
    }

    /** Poisson arrivals of each bot; how many of each were admitted. */
    private double[] run(String windows, double[] refused, double weightOfFirst, double... perSecond) {
        Scope scope = new Scope(SampleLimits.shared("conversation", windows, Duration.ofSeconds(5)), "conversation|c");
        double[] admitted = new double[perSecond.length];
        double[] next = new double[perSecond.length];
        Arrays.setAll(next, bot -> clock + gap(perSecond[bot]));
        while (clock < RUN) {
            int bot = 0;
            for (int other = 1; other < next.length; other++) {
                bot = next[other] < next[bot] ? other : bot;
            }
            clock = (long) next[bot];
            PermitRequest ask =
                    new PermitRequest(List.of(scope), bot, bot == 0 ? weightOfFirst : 1, 1, false, Long.MAX_VALUE);
            if (store.decideNow(ask).admitted()) {
                admitted[bot]++;
            } else {
                refused[bot] += clock < SETTLED ? 0 : 1;
            }
            next[bot] += gap(perSecond[bot]);
        }
        return admitted;
    }

    private double gap(double perSecond) {
        return -Math.log(1 - random.nextDouble()) * 1_000_000 / perSecond;
    }

    /** What the tightest window allows in the whole run. */
    private static double allowed(String windows) {
        return Window.parse(windows).stream()
                .mapToDouble(window ->
                        window.permits() * Math.max(1, Math.floor((double) RUN / Limit.micros(window.length()))))
                .min()
                .orElseThrow();
    }

    private static double jain(double[] parts) {
        double sum = Arrays.stream(parts).sum();
        return sum * sum / (parts.length * Arrays.stream(parts).map(x -> x * x).sum());
    }

    /**
     * Who goes at which moment of a line: one request a second of one bot, and a line for each conversation. Of the moments
     * after 0 s, 1 s has come free, and at 2 s and 3 s two wait in the same conversation.
     */
    @Nested
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
            Waiter entry = limits.enter(
                    LimitedCalls.send(conversation), LimitedCalls.bot("bot-1"), Duration.ofSeconds(seconds));
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
        void aNewRequest_goesLast() {
            goesAfter("new", 3);

            assertThat(gone).containsExactly("first@1", "second@2", "third@3", "new@4");
        }

        @Test
        void aNewRequestThatCannotWaitForTheEnd_goesInTime_andMakesNoOtherLate() {
            goesAfter("new", 1);

            assertThat(gone).containsExactly("first@1", "new@2", "second@3", "third@4");
        }

        @Test
        void aNewRequestThatCannotWaitForTheEnd_goesNoSoonerThanNecessary() {
            goesAfter("new", 2);

            assertThat(gone).containsExactly("first@1", "second@2", "new@3", "third@4");
        }
    }
}
