package dev.botgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.ratelimit.PermitRequest.Scope;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BusyScopesTest {
    private static final Limit LIMIT = SampleLimits.shared("limit", "1/1s", Duration.ZERO);

    private final BusyScopes busy = new BusyScopes(0);

    @Test
    void ofFarMoreScopesThanAreKept_theBusiestAreKnown() {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 100_000; i++) {
            ask(i % 4 == 0 ? "busy " + i / 4 % 10 : "rare " + random.nextInt(50_000));
        }

        assertThat(busy.top(10)).allSatisfy(scope -> {
            assertThat(scope.scope()).startsWith("busy ");
            assertThat(scope.asked()).isEqualTo(2_500);
        });
    }

    @Test
    void scopesWithoutWindows_areBusyOnlyWhereTheyRefuse() {
        Scope word = new Scope(LIMIT.with(List.of()), "word");
        busy.asked(SampleLimits.ask(1, word), false, 0);
        busy.asked(SampleLimits.ask(1, word, new Scope(LIMIT, "limit")), false, 0);

        busy.asked(SampleLimits.ask(1, word), true, 0);

        assertThat(busy.top(9))
                .containsExactly(
                        new RateLimitSnapshot.BusyLine("limit", 1, 0), new RateLimitSnapshot.BusyLine("word", 1, 1));
    }

    private void ask(String scope) {
        busy.asked(SampleLimits.ask(1, new Scope(LIMIT, scope)), false, 0);
    }
}
