package dev.botgate.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.fleet.RedisSettings;
import dev.botgate.ratelimit.Decision;
import dev.botgate.ratelimit.Limit;
import dev.botgate.ratelimit.Limit.CountBy;
import dev.botgate.ratelimit.MemoryStoreOracleTest.Oracle;
import dev.botgate.ratelimit.PermitRequest;
import dev.botgate.ratelimit.PermitRequest.Scope;
import dev.botgate.ratelimit.RateLimitSettings;
import dev.botgate.ratelimit.RateLimitSettings.LimitMode;
import dev.botgate.ratelimit.RateLimitSettings.StoreOutagePolicy;
import dev.botgate.ratelimit.SampleLimits;
import dev.botgate.ratelimit.SampleSettings;
import dev.botgate.ratelimit.Ticker;
import dev.botgate.testing.Patience;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Redis killed and started again under gateways that ask all the time, by real clocks. */
class RedisOutageTest {
    private static final Duration HOLD = Duration.ofSeconds(1);
    private static final Duration MARGIN = Duration.ofMillis(50);

    private final Vertx vertx = Vertx.vertx();
    private final TestRedis redis = new TestRedis();
    private final Stores stores = new Stores(vertx);
    private final List<RedisStore> gateways = new CopyOnWriteArrayList<>();
    private final List<Admitted> admissions = Collections.synchronizedList(new ArrayList<>());
    private final List<Long> decisionNanos = Collections.synchronizedList(new ArrayList<>());

    /** 12 in 200 ms, kept 50 ms longer than that, for what these clocks differ by. */
    private final Limit limit = SampleLimits.own("a", "12/250ms", Duration.ofMillis(100));

    private final Limit promised = SampleLimits.own("a", "12/200ms", Duration.ofMillis(100));

    private record Admitted(RedisStore by, long at) {}

    @AfterEach
    void close() throws Exception {
        stores.close();
        await(vertx.close());
        redis.close();
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    private RedisStore gateway(StoreOutagePolicy outage) {
        return gateway(redis.settings(), SampleSettings.of(outage, HOLD));
    }

    private RedisStore gateway(RedisSettings connection, RateLimitSettings settings) {
        RedisStore store = stores.create(connection, settings, null, Ticker.system());
        store.onReservationsInvalidated(() ->
                admissions.removeIf(admitted -> admitted.by() == store && admitted.at() > System.nanoTime() / 1_000));
        gateways.add(stores.start(store));
        return store;
    }

    /** Asks of all gateways every two milliseconds until {@code done}. */
    private void askUntil(BooleanSupplier done) throws Exception {
        PermitRequest ask = SampleLimits.ask(1, new Scope(limit, "a|bot"));
        CompletableFuture<Void> over = new CompletableFuture<>();
        long timer = vertx.setPeriodic(2, id -> {
            for (RedisStore gateway : gateways) {
                long began = System.nanoTime();
                gateway.decide(ask).onSuccess(decision -> decided(gateway, ask, decision, began));
            }
            if (done.getAsBoolean()) {
                over.complete(null);
            }
        });
        over.get(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(vertx.cancelTimer(timer)).isTrue();
    }

    /** Who hears so late of its permit that its moment may be over gives it back. */
    private void decided(RedisStore gateway, PermitRequest ask, Decision decision, long began) {
        long now = System.nanoTime();
        decisionNanos.add(now - began);
        if (decision.admitted() && now - began > MARGIN.toNanos()) {
            var unused = gateway.giveBack(ask, decision.reservation());
        } else if (decision.admitted()) {
            admissions.add(new Admitted(gateway, now / 1_000 + decision.delay()));
        }
    }

    private BooleanSupplier after(int more) {
        int until = admissions.size() + more;
        return () -> admissions.size() >= until;
    }

    private void assertKept() {
        Oracle oracle = new Oracle();
        Scope scope = new Scope(promised, "a|bot");
        List.copyOf(admissions).forEach(admitted -> oracle.add(scope, admitted.at()));
        assertThat(oracle.kept(scope)).as("admissions of %s", admissions).isTrue();
    }

    private BooleanSupplier all(String state) {
        return () ->
                gateways.stream().allMatch(gateway -> gateway.health().state().equals(state));
    }

    @Test
    void whenRedisIsKilledAndStartedAgain_noWindowIsExceeded() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(gateway(StoreOutagePolicy.SHARE)).isNotNull();
        }
        askUntil(() -> gateways.stream().allMatch(gateway -> gateway.health().gateways() == 3));
        askUntil(after(60));

        redis.kill();
        askUntil(all("gone"));
        decisionNanos.clear();
        askUntil(after(40));
        List<Long> sorted = decisionNanos.stream().sorted().toList();
        redis.start();
        askUntil(all("settling"));
        askUntil(all("up"));
        askUntil(after(60));

        assertKept();
        System.out.printf(
                "without Redis: %d decisions, p50 %d us, p99 %d us; admitted in all %d%n",
                sorted.size(),
                sorted.get(sorted.size() / 2) / 1_000,
                sorted.get(sorted.size() * 99 / 100) / 1_000,
                admissions.size());
    }

    /** Gateways come while the others keep shares; Redis goes again before they have settled, and is emptied. */
    @Test
    void whileRedisFailsAndGatewaysJoin_noWindowIsExceeded() throws Exception {
        RedisSettings connection = redis.settings(Duration.ofSeconds(1), Duration.ofMillis(400));
        RateLimitSettings settings = SampleSettings.of(StoreOutagePolicy.SHARE, Duration.ofMillis(1_200));
        for (int i = 0; i < 2; i++) {
            assertThat(gateway(connection, settings)).isNotNull();
        }
        askUntil(() -> gateways.stream().allMatch(gateway -> gateway.health().gateways() == 2));
        askUntil(after(60));

        redis.kill();
        askUntil(all("gone"));
        askUntil(after(30));
        redis.start();
        RedisStore newcomer = gateway(connection, settings);
        askUntil(all("settling"));
        askUntil(after(20));
        redis.kill();
        redis.start();
        askUntil(all("settling"));
        askUntil(all("up"));
        askUntil(after(60));
        Redis operator = Redis.createClient(vertx, "redis://127.0.0.1:" + redis.port());
        assertThat(await(operator.send(Request.cmd(Command.FLUSHALL)))).isNotNull();
        askUntil(() -> newcomer.health().state().equals("settling"));
        askUntil(all("up"));
        askUntil(after(60));
        await(operator.close());

        assertKept();
        assertThat(admissions).anyMatch(admitted -> admitted.by() == newcomer);
    }

    @Test
    void withStoreOutageRefuse_nothingIsAdmittedWithoutRedis() throws Exception {
        RedisStore gateway = gateway(StoreOutagePolicy.REFUSE);
        redis.kill();
        askUntil(all("gone"));

        Decision decision = await(gateway.decide(SampleLimits.ask(1, new Scope(limit, "a|other"))));

        assertThat(decision.admitted()).isFalse();
        assertThat(decision.delay()).isPositive();
    }

    @Test
    void aRequestWithoutAnEnforcedLimit_isAdmittedWithoutRedis_withEveryStoreOutage() throws Exception {
        RedisStore gateway = gateway(StoreOutagePolicy.REFUSE);
        redis.kill();
        askUntil(all("gone"));
        Limit shadow = SampleLimits.limit("s", "1/60s", Duration.ZERO, Set.of(CountBy.BOT), LimitMode.SHADOW);

        for (int i = 0; i < 3; i++) {
            assertThat(await(gateway.decide(SampleLimits.ask(1, new Scope(shadow, "s|bot"))))
                            .admitted())
                    .isTrue();
        }
    }

    @Test
    void withStoreOutageOpen_everythingIsAdmittedWithoutRedis() throws Exception {
        RedisStore gateway = gateway(StoreOutagePolicy.OPEN);
        redis.kill();
        askUntil(all("gone"));

        for (int i = 0; i < 20; i++) {
            assertThat(await(gateway.decide(SampleLimits.ask(1, new Scope(limit, "a|other"))))
                            .admitted())
                    .isTrue();
        }
    }

    @Test
    void whenRedisWasNeverThere_aGatewayStartsAndRefuses_andUsesItWhenItComes() throws Exception {
        redis.kill();
        RedisStore gateway = gateway(StoreOutagePolicy.SHARE);
        assertThat(await(gateway.decide(SampleLimits.ask(1, new Scope(limit, "a|bot"))))
                        .admitted())
                .isFalse();

        redis.start();

        askUntil(all("up"));
        askUntil(after(1));
    }

    @Test
    void whenReservationsBecomeVoid_waitingRequestsAskAgain() throws Exception {
        RedisStore gateway = gateway(StoreOutagePolicy.SHARE);
        CompletableFuture<Void> told = new CompletableFuture<>();
        gateway.onReservationsInvalidated(() -> told.complete(null));

        redis.kill();

        assertThat(told.get(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS)).isNull();
    }
}
