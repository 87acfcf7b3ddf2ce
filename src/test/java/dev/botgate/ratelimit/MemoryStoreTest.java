package dev.botgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.ratelimit.Limit.CountBy;
import dev.botgate.ratelimit.LimitStore.UpstreamThrottle;
import dev.botgate.ratelimit.PermitRequest.Scope;
import dev.botgate.ratelimit.RateLimitSettings.LimitMode;
import dev.botgate.ratelimit.RateLimitSettings.LimitSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MemoryStoreTest extends LimitStoreContract {
    @Override
    protected LimitStore store() {
        return new MemoryStore(Ticker.system(), SampleLimits.THROTTLED, 1_000);
    }

    @Test
    void beyondMaximumScopes_newScopesAreRefused_untilOthersAreIdle() {
        ManualTime time = new ManualTime();
        MemoryStore store = new MemoryStore(time, SampleLimits.THROTTLED, 100);
        Limit limit = SampleLimits.own("a", "1/1s", Duration.ZERO);
        for (int i = 0; i < 100; i++) {
            assertThat(store.decideNow(SampleLimits.ask(1, new Scope(limit, "a|" + i)))
                            .admitted())
                    .isTrue();
        }
        assertThat(store.decideNow(SampleLimits.ask(1, new Scope(limit, "a|new")))
                        .admitted())
                .isFalse();

        time.pass(Duration.ofSeconds(1));
        for (int i = 0; i < 32; i++) {
            assertThat(store.decideNow(SampleLimits.ask(1, new Scope(limit, "a|new-" + i)))
                            .admitted())
                    .isTrue();
        }

        assertThat(store.scopes()).isEqualTo(32);
    }

    /** Two for each, so that the idle ones are gone before as many new ones have come. */
    @Test
    void belowMaximumScopes_eachNewScopeDropsIdleOnes() {
        ManualTime time = new ManualTime();
        MemoryStore store = new MemoryStore(time, SampleLimits.THROTTLED, 1_000);
        Limit limit = SampleLimits.own("a", "1/1s", Duration.ZERO);
        for (int i = 0; i < 100; i++) {
            assertThat(store.decideNow(SampleLimits.ask(1, new Scope(limit, "a|" + i)))
                            .admitted())
                    .isTrue();
        }
        assertThat(store.scopes()).isEqualTo(100);

        time.pass(Duration.ofSeconds(1));
        for (int i = 0; i < 50; i++) {
            assertThat(store.decideNow(SampleLimits.ask(1, new Scope(limit, "a|new-" + i)))
                            .admitted())
                    .isTrue();
        }

        assertThat(store.scopes()).isEqualTo(50);
    }

    @Test
    void aLaterAdmissionInShadowMode_isGivenBackToo() {
        ManualTime time = new ManualTime();
        MemoryStore store = new MemoryStore(time, SampleLimits.THROTTLED, 100);
        Limit limit = SampleLimits.limit("s", "1/10s", Duration.ofSeconds(30), Set.of(CountBy.BOT), LimitMode.SHADOW);
        PermitRequest ask = SampleLimits.ask(1, new Scope(limit, "s|bot"));
        assertThat(store.decideNow(ask).missed()).isZero();
        List<Decision> later = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            time.pass(Duration.ofSeconds(1));
            later.add(store.decideNow(ask));
        }

        later.forEach(decision -> assertThat(
                        store.giveBack(ask, decision.reservation()).succeeded())
                .isTrue());

        time.pass(Duration.ofSeconds(8));
        assertThat(store.decideNow(ask).missed()).isZero();
        time.pass(Duration.ofSeconds(10));
        assertThat(store.decideNow(ask).missed()).isZero();
    }

    /** It may have gone before its gateway hears of the cooldown. */
    @Test
    void aCooldownRemovesReservations_exceptThoseOfResumedRequests() {
        ManualTime time = new ManualTime();
        MemoryStore store = new MemoryStore(time, SampleLimits.THROTTLED, 100);
        LimitSettings settings =
                new LimitSettings(null, List.of("bot"), "2/1s", null, Duration.ofSeconds(9), Duration.ofMillis(40));
        Scope scope = new Scope(Limit.of("a", settings), "a|bot");
        for (int i = 0; i < 4; i++) {
            time.pass(Duration.ofMillis(10));
            assertThat(store.decideNow(SampleLimits.ask(1, scope)).admitted()).isTrue();
        }
        time.pass(Duration.ofMillis(995));

        assertThat(store.throttle(new UpstreamThrottle(scope, 412, 1, 0)).succeeded())
                .isTrue();

        time.pass(Duration.ofMillis(100));
        assertThat(store.decideNow(SampleLimits.ask(1, scope)).delay()).isZero();
        assertThat(store.decideNow(SampleLimits.ask(1, scope)).delay()).isPositive();
    }
}
