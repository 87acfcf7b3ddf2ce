package dev.botgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GentleStartTest {
    private static final String WINDOWS = "7/1s,8/2s,60/30s,1800/3600s";
    private static final Limit LIMIT = Limited.own("all", WINDOWS, Duration.ofSeconds(5));
    private static final Scope SCOPE = new Scope(LIMIT, "all|bot");
    private static final long SECOND = 1_000_000;

    private long clock = 1_000_000;
    private final List<Long> admitted = new ArrayList<>();

    private GentleStart process() {
        return process(WINDOWS);
    }

    private GentleStart process(String windows) {
        return new GentleStart(Settings.of(windows, Duration.ofSeconds(5), "bot"), () -> clock, clock);
    }

    private static Scope scope(String windows) {
        return new Scope(Limited.own("all", windows, Duration.ofSeconds(5)), "all|bot");
    }

    private void ask(GentleStart process, long everyMicros, long until) {
        ask(process, SCOPE, everyMicros, until);
    }

    /** Asks so often until {@code until}; who is admitted for later than that has not gone. */
    private void ask(GentleStart process, Scope scope, long everyMicros, long until) {
        for (; clock < until; clock += everyMicros) {
            Decision decision = process.decideNow(Limited.ask(1, scope));
            if (decision.admitted() && clock + decision.delay() < until) {
                admitted.add(clock + decision.delay());
            }
        }
    }

    /** The most admissions in any interval of {@code seconds}. */
    private int most(long seconds) {
        int most = 0;
        int first = 0;
        for (int i = 0; i < admitted.size(); i++) {
            while (admitted.get(i) - admitted.get(first) >= seconds * SECOND) {
                first++;
            }
            most = Math.max(most, i - first + 1);
        }
        return most;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void whateverWentBefore_theShortWindowsHoldOverRestarts_andNobodyIsLockedOut(long seed) {
        Random random = new Random(seed);
        for (int restart = 0; restart < 30; restart++) {
            GentleStart process = process();
            int before = admitted.size();
            long runs = random.nextInt((int) (40 * SECOND));
            ask(process, 20_000, clock + runs);
            assertThat(admitted.size() - before).isGreaterThanOrEqualTo((int) (runs / SECOND) - 3);
        }

        assertThat(most(1)).isLessThanOrEqualTo(7);
        assertThat(most(2)).isLessThanOrEqualTo(8);
        assertThat(most(30)).isLessThanOrEqualTo(2 * 60);
    }

    @Test
    void whereEveryWindowIsShort_theyHoldOverRestarts() {
        String windows = "7/1s,8/2s";
        for (int restart = 0; restart < 10; restart++) {
            ask(process(windows), scope(windows), SECOND / 50, clock + 2 * SECOND + SECOND / 2);
        }

        assertThat(admitted).hasSizeGreaterThanOrEqualTo(70);
        assertThat(most(1)).isLessThanOrEqualTo(7);
        assertThat(most(2)).isLessThanOrEqualTo(8);
    }

    @Test
    void whatTheUpstreamClosedBeforeAnybodyAsked_isQuietAtTheStartToo() {
        GentleStart process = process();

        assertThat(process.throttle(new Throttle(SCOPE, 429, SECOND / 10, 0)).succeeded())
                .isTrue();

        clock += SECOND;
        assertThat(process.decideNow(Limited.ask(1, SCOPE).within(0)))
                .extracting(Decision::admitted, Decision::delay)
                .containsExactly(false, SECOND);
    }

    @Test
    void whenTheUseWasEven_theLongWindowsHoldToWithinATenth() {
        ask(process(), SECOND / 2, clock + 3 * 3_600 * SECOND);

        ask(process(), SECOND / 2, clock + 2 * 3_600 * SECOND);

        assertThat(most(30)).isLessThanOrEqualTo(66);
        assertThat(most(3_600)).isLessThanOrEqualTo(1_980);
    }

    @Test
    void anHourLater_thereIsMoreThanATenth() {
        GentleStart process = process();
        clock += 3_601 * SECOND;
        ask(process, 20_000, clock + 30 * SECOND);

        assertThat(most(30)).isEqualTo(60);
    }

    @Test
    void whatIsToldIsOfTheLimitThatWasAskedFor() {
        GentleStart process = process();
        clock += 3 * SECOND;
        Ask ask = Limited.ask(1, SCOPE).within(0);
        Decision decision = process.decideNow(ask);
        for (int i = 0; i < 5; i++) {
            decision = process.decideNow(ask);
        }

        assertThat(decision.admitted()).isTrue();
        assertThat(decision.quota()).isEqualTo(new Decision.Quota(0, 2, 0, 3_000_000));
        assertThat(process.decideNow(ask))
                .extracting(Decision::admitted, Decision::binding)
                .containsExactly(false, 0);
    }

    /** What the first is told that is refused, {@code micros} before the hour's parts have passed. */
    private Decision refused(GentleStart process, Ask ask, long micros) {
        clock += 3_600 * SECOND - micros;
        Decision decision = process.decideNow(ask);
        for (int i = 0; i < 200 && decision.admitted(); i++) {
            decision = process.decideNow(ask);
        }
        assertThat(decision.admitted()).isFalse();
        return decision;
    }

    @Test
    void whoIsRefusedNearTheEnd_isToldOfTheEnd_andAdmittedThen() {
        String windows = "1000/600s,1800/3600s";
        GentleStart process = process(windows);
        Ask ask = Limited.ask(1, scope(windows)).within(0);

        Decision refused = refused(process, ask, 50 * SECOND);

        assertThat(refused.delay()).isEqualTo(50 * SECOND);
        assertThat(refused.quota()).isEqualTo(new Decision.Quota(0, 1, 0, 50 * SECOND));
        clock += refused.delay() - 1;
        assertThat(process.decideNow(ask).delay()).isEqualTo(1);
        clock++;
        assertThat(process.decideNow(ask).admitted()).isTrue();
    }

    @Test
    void whatIsFullBeyondTheEnd_isToldOf_andNothingIsTakenToLook() {
        String windows = "180/300s,1800/3600s";
        GentleStart process = process(windows);
        Ask ask = Limited.ask(1, scope(windows)).within(0);

        Decision refused = refused(process, ask, 50 * SECOND);

        assertThat(refused.delay()).isEqualTo(300 * SECOND);
        clock += refused.delay();
        int given = 0;
        while (process.decideNow(ask).admitted()) {
            given++;
        }
        assertThat(given).isEqualTo(180);
    }

    @Test
    void whoeverIsRefusedNearTheEnd_takesNothingOfWhatComesAfter() {
        String windows = "1000/600s,1800/3600s";
        GentleStart process = process(windows);
        Ask ask = Limited.ask(1, scope(windows)).within(0);
        Decision refused = refused(process, ask, 50 * SECOND);

        clock += refused.delay();
        int given = 0;
        while (process.decideNow(ask).admitted()) {
            given++;
        }
        assertThat(given).isEqualTo(1_000 - 180);
    }

    @Test
    void whatAnOperatorResets_isWholeAtOnce() {
        GentleStart process = process();
        clock += 3 * SECOND;
        assertThat(process.reset(SCOPE.key()).succeeded()).isTrue();

        Ask ask = Limited.ask(1, SCOPE).within(0);
        int given = 0;
        while (process.decideNow(ask).admitted()) {
            given++;
        }

        assertThat(given).isEqualTo(7);
    }

    @Test
    void asManyScopesAreKeptAsThereMayBe_whateverIsKeptBesidesThem() {
        GentleStart process = process();
        for (int i = 0; i < 1_000; i++) {
            assertThat(process.decideNow(Limited.ask(1, new Scope(LIMIT, "all|" + i)))
                            .admitted())
                    .isTrue();
        }

        assertThat(process.decideNow(Limited.ask(1, new Scope(LIMIT, "all|new")))
                        .admitted())
                .isFalse();
    }

    @Test
    void aLimitInShadowModeBeginsAsItGoesOn() {
        GentleStart process = process();
        Limit shadow = Limited.limit("shadow", "2/1s", Duration.ofSeconds(5), Set.of(CountBy.BOT), LimitMode.SHADOW);
        Ask ask = Limited.ask(1, new Scope(shadow, "shadow|bot"));

        assertThat(process.decideNow(ask).missed()).isZero();
        assertThat(process.decideNow(ask).missed()).isZero();
        assertThat(process.decideNow(ask).missed()).isEqualTo(1);
    }

    @Test
    void whatIsGivenBackIsGivenBackWhole() {
        GentleStart process = process();
        clock += 3 * SECOND;
        Ask ask = Limited.ask(1, SCOPE).within(0);
        for (int i = 0; i < 20; i++) {
            Decision decision = process.decideNow(ask);
            assertThat(decision.admitted()).isTrue();
            assertThat(process.giveBack(ask, decision.reservation()).succeeded())
                    .isTrue();
        }
    }
}
