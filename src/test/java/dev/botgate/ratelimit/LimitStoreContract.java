package dev.botgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.ratelimit.Limit.CountBy;
import dev.botgate.ratelimit.LimitStore.Cooldown;
import dev.botgate.ratelimit.LimitStore.UpstreamThrottle;
import dev.botgate.ratelimit.PermitRequest.Scope;
import dev.botgate.ratelimit.RateLimitSettings.LimitMode;
import dev.botgate.testing.Patience;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What every store promises. Windows are so long that the tests end within them. */
public abstract class LimitStoreContract {
    /** An empty store. */
    protected abstract LimitStore store() throws Exception;

    protected static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    private static Scope own(String name, String windows, Duration maximumWait) {
        return new Scope(SampleLimits.own(name, windows, maximumWait), name + "|bot");
    }

    @Test
    void permitsAreCounted_andARefusalSaysWhenTheNextIsFree() throws Exception {
        LimitStore store = store();
        PermitRequest ask = SampleLimits.ask(1, own("a", "2/60s", Duration.ofSeconds(5)));

        Decision first = await(store.decide(ask));
        Decision second = await(store.decide(ask));
        Decision third = await(store.decide(ask));

        assertThat(first.admitted() && second.admitted()).isTrue();
        assertThat(first.quota().remaining()).isEqualTo(1);
        assertThat(second.quota().remaining()).isZero();
        assertThat(third.admitted()).isFalse();
        assertThat(third.binding()).isZero();
        assertThat(third.delay()).isBetween(50_000_000L, 60_000_000L);
        assertThat(third.quota().reset()).isEqualTo(third.delay());
    }

    @Test
    void aRefusalTakesNothingOfAnyScope() throws Exception {
        LimitStore store = store();
        Scope narrow = own("narrow", "1/60s", Duration.ZERO);
        Scope wide = own("wide", "2/60s", Duration.ZERO);
        assertThat(await(store.decide(SampleLimits.ask(1, narrow, wide))).admitted())
                .isTrue();
        assertThat(await(store.decide(SampleLimits.ask(1, narrow, wide))).admitted())
                .isFalse();

        assertThat(await(store.decide(SampleLimits.ask(1, wide))).admitted()).isTrue();
        assertThat(await(store.decide(SampleLimits.ask(1, wide))).admitted()).isFalse();
    }

    @Test
    void aReservationIsForTheEarliestTime_andCanBeGivenBack() throws Exception {
        LimitStore store = store();
        PermitRequest ask = SampleLimits.ask(1, own("a", "1/30s", Duration.ofSeconds(70)));
        assertThat(await(store.decide(ask)).delay()).isZero();
        Decision second = await(store.decide(ask));
        Decision third = await(store.decide(ask));
        assertThat(second.delay()).isBetween(20_000_000L, 30_000_000L);
        assertThat(third.delay()).isBetween(50_000_000L, 60_000_000L);
        assertThat(await(store.decide(ask)).admitted()).isFalse();

        await(store.giveBack(ask, third.reservation()));

        assertThat(await(store.decide(ask)).delay()).isBetween(50_000_000L, 60_000_000L);
    }

    @Test
    void aPermitThatIsDue_canBeGivenBack_forEveryKindOfLimit() throws Exception {
        LimitStore store = store();
        Scope shared = new Scope(SampleLimits.shared("b", "1/60s", Duration.ZERO), "b|conversation");
        Scope shadow = new Scope(
                SampleLimits.limit("s", "1/60s", Duration.ZERO, Set.of(CountBy.BOT), LimitMode.SHADOW), "s|bot");
        PermitRequest ask = SampleLimits.ask(1, own("a", "1/60s, 1/30s", Duration.ZERO), shared, shadow);
        Decision first = await(store.decide(ask));
        assertThat(await(store.decide(ask)).admitted()).isFalse();

        await(store.giveBack(ask, first.reservation()));

        Decision second = await(store.decide(ask));
        assertThat(second.admitted()).isTrue();
        assertThat(second.delay()).isZero();
        assertThat(second.missed()).isZero();
        assertThat(await(store.decide(ask)).admitted()).isFalse();
    }

    @Test
    void aThrottleBeginsACooldown_andListenersAreCalled() throws Exception {
        LimitStore store = store();
        CompletableFuture<Cooldown> heard = new CompletableFuture<>();
        store.onCooldown(heard::complete);
        Scope scope = own("a", "10/1s", Duration.ofSeconds(5));

        await(store.throttle(new UpstreamThrottle(scope, 429, 30_000_000, 100_000)));

        Cooldown cooldown = heard.get(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(cooldown.key()).isEqualTo(scope.key());
        assertThat(cooldown.status()).isEqualTo(429);
        assertThat(cooldown.remaining()).isBetween(20_000_000L, 30_000_000L);
        Decision decision = await(store.decide(SampleLimits.ask(1, scope)));
        assertThat(decision.admitted()).isFalse();
        assertThat(decision.delay()).isBetween(20_000_000L, 30_000_000L);
    }

    @Test
    void afterAClosureAdmissionsAreSpaced() throws Exception {
        LimitStore store = store();
        Scope scope = own("a", "10/1s", Duration.ofMinutes(10));
        await(store.throttle(new UpstreamThrottle(scope, 412, 300_000_000, 400_000)));

        long began = System.nanoTime();
        Decision first = await(store.decide(SampleLimits.ask(1, scope)));
        Decision second = await(store.decide(SampleLimits.ask(1, scope)));
        long most = (System.nanoTime() - began) / 1_000;

        assertThat(first.admitted() && second.admitted()).isTrue();
        assertThat(second.delay() - first.delay())
                .as("400 ms less than what lay between both questions")
                .isBetween(400_000 - most - 1, 400_000L);
        assertThat(second.delay()).isGreaterThan(200_000_000L);
    }

    @Test
    void aScopeCanBeReset() throws Exception {
        LimitStore store = store();
        Scope scope = own("a", "1/60s", Duration.ZERO);
        assertThat(await(store.decide(SampleLimits.ask(1, scope))).admitted()).isTrue();
        await(store.throttle(new UpstreamThrottle(scope, 429, 30_000_000, 0)));

        await(store.reset(scope.key()));

        assertThat(await(store.decide(SampleLimits.ask(1, scope))).admitted()).isTrue();
    }

    @Test
    void aLimitInShadowModeOnlyReports() throws Exception {
        LimitStore store = store();
        Scope shadow = new Scope(
                SampleLimits.limit("s", "1/60s", Duration.ZERO, Set.of(CountBy.BOT), LimitMode.SHADOW), "s|bot");
        Scope enforced = own("a", "5/60s", Duration.ZERO);

        Decision first = await(store.decide(SampleLimits.ask(1, enforced, shadow)));
        Decision second = await(store.decide(SampleLimits.ask(1, enforced, shadow)));

        assertThat(first.missed()).isZero();
        assertThat(second.admitted()).isTrue();
        assertThat(second.missed()).isEqualTo(2);
    }

    @Test
    void manyAtOnceNeverGetMoreThanIsAllowed() throws Exception {
        LimitStore store = store();
        PermitRequest ask =
                SampleLimits.ask(1, own("a", "100/60s, 70/50s", Duration.ZERO), own("b", "90/60s", Duration.ZERO));
        List<CompletableFuture<List<Decision>>> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(CompletableFuture.supplyAsync(() -> {
                List<Future<Decision>> asked = new ArrayList<>();
                for (int k = 0; k < 200; k++) {
                    asked.add(store.decide(ask));
                }
                return asked.stream()
                        .map(future ->
                                future.toCompletionStage().toCompletableFuture().join())
                        .toList();
            }));
        }

        long admitted = 0;
        for (CompletableFuture<List<Decision>> thread : threads) {
            admitted += thread.get(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS).stream()
                    .filter(Decision::admitted)
                    .count();
        }

        assertThat(admitted).isEqualTo(70);
    }
}
