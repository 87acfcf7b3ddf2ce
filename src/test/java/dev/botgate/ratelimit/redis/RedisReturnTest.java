package dev.botgate.ratelimit.redis;

import static dev.botgate.testing.Await.await;
import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.ratelimit.Decision;
import dev.botgate.ratelimit.LimitStore.Cooldown;
import dev.botgate.ratelimit.LimitStore.UpstreamThrottle;
import dev.botgate.ratelimit.PermitRequest;
import dev.botgate.ratelimit.PermitRequest.Scope;
import dev.botgate.ratelimit.RateLimitSettings.StoreOutagePolicy;
import dev.botgate.ratelimit.SampleLimits;
import dev.botgate.ratelimit.SampleSettings;
import dev.botgate.ratelimit.Ticker;
import dev.botgate.ratelimit.redis.ScriptCodec.RedisKeys;
import dev.botgate.testing.Patience;
import dev.botgate.testing.TestVertx;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of what Redis does not know when it is back. */
@ExtendWith(TestVertx.class)
class RedisReturnTest {
    private static final Duration HEARTBEAT = Duration.ofMillis(300);
    /** So slow that whoever is new is so for longer than a busy machine takes to ask. */
    private static final Duration SLOW = Duration.ofSeconds(5);

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Scope SCOPE = new Scope(SampleLimits.own("a", "4/500ms", Duration.ofSeconds(5)), "a|bot");
    private static final Scope RARE = new Scope(SampleLimits.own("a", "4/30s", Duration.ofSeconds(5)), "a|rare");

    private final Vertx vertx;
    private final AtomicLong ahead = new AtomicLong();

    @TempDir
    private Path directory;

    private final Stores stores;

    private TestRedis redis;

    RedisReturnTest(Vertx vertx) {
        this.vertx = vertx;
        this.stores = new Stores(vertx);
    }

    @BeforeEach
    void start() {
        redis = new TestRedis("dir " + directory, "dbfilename copy.rdb");
    }

    @AfterEach
    void close() {
        stores.close();
        redis.close();
    }

    private RedisStore gateway(Duration hold) {
        return gateway(hold, HEARTBEAT, Duration.ofSeconds(2));
    }

    private RedisStore gateway(Duration hold, Duration heartbeat, Duration commandTimeout) {
        RedisStore store = stores.start(stores.create(
                redis.settings(commandTimeout, heartbeat),
                SampleSettings.of(StoreOutagePolicy.SHARE, hold),
                null,
                () -> Ticker.system().micros() + ahead.get()));
        return store;
    }

    private static void reach(RedisStore gateway, String state) {
        until(() -> gateway.health().state().equals(state));
    }

    /** As many permits of {@code scope} as there are at once. */
    private static int take(RedisStore gateway, Scope scope) {
        PermitRequest ask = SampleLimits.ask(1, scope).within(0);
        int taken = 0;
        while (await(gateway.decide(ask)).admitted()) {
            taken++;
        }
        return taken;
    }

    private String tell(Command command, String... arguments) {
        Redis client = Redis.createClient(vertx, "redis://127.0.0.1:" + redis.port());
        Request request = Request.cmd(command);
        List.of(arguments).forEach(request::arg);
        String answer = await(client.send(request)).toString();
        await(client.close());
        return answer;
    }

    @Test
    void aCooldownReceivedWhileRedisIsGone_reachesAllGateways_whenItIsBack() throws Exception {
        RedisStore one = gateway(Duration.ZERO);
        RedisStore other = gateway(Duration.ZERO);
        CompletableFuture<Cooldown> heard = new CompletableFuture<>();
        other.onCooldown(heard::complete);
        redis.kill();
        reach(one, "gone");
        await(one.throttle(new UpstreamThrottle(SCOPE, 429, 40_000_000, 0)));

        redis.start();

        assertThat(heard.get(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS).remaining())
                .isBetween(20_000_000L, 40_000_000L);
        reach(other, "up");
        assertThat(await(other.decide(SampleLimits.ask(1, SCOPE))).delay()).isBetween(20_000_000L, 40_000_000L);
    }

    @Test
    void aCooldownThatRedisLost_isSentAgain() {
        RedisStore one = gateway(Duration.ZERO);
        CompletableFuture<Cooldown> heard = new CompletableFuture<>();
        one.onCooldown(heard::complete);
        await(one.throttle(new UpstreamThrottle(SCOPE, 429, 40_000_000, 0)));
        until(heard::isDone);
        redis.kill();
        reach(one, "gone");

        redis.start();

        reach(one, "up");
        Decision decision = await(gateway(Duration.ZERO).decide(SampleLimits.ask(1, SCOPE)));
        assertThat(decision.admitted()).isFalse();
        assertThat(decision.delay()).isBetween(20_000_000L, 40_000_000L);
    }

    /** Breaks a connection of the gateway that came last. */
    private void cutOffTheLatest() {
        long ears = tell(Command.CLIENT, "LIST", "TYPE", "pubsub")
                .lines()
                .mapToLong(line -> Long.parseLong(line.substring("id=".length(), line.indexOf(' '))))
                .max()
                .orElseThrow();
        assertThat(tell(Command.CLIENT, "KILL", "ID", Long.toString(ears))).isEqualTo("1");
    }

    @Test
    void aScopeThatAnOperatorReset_staysOpen_whenAGatewayComesBackThatMissedIt() {
        RedisStore one = gateway(Duration.ZERO);
        RedisStore other = gateway(Duration.ZERO, Duration.ofSeconds(3), Duration.ofSeconds(2));
        CompletableFuture<Cooldown> heard = new CompletableFuture<>();
        other.onCooldown(heard::complete);
        await(one.throttle(new UpstreamThrottle(SCOPE, 429, 40_000_000, 0)));
        until(heard::isDone);
        cutOffTheLatest();
        reach(other, "gone");

        await(one.reset(SCOPE.key()));

        reach(other, "up");
        assertThat(await(other.decide(SampleLimits.ask(1, SCOPE))).delay()).isZero();
    }

    @Test
    void whileRedisIsGone_aResetFailsWithRetryAfter() {
        RedisStore gateway = gateway(Duration.ZERO);
        redis.kill();
        reach(gateway, "gone");

        Future<Void> reset = gateway.reset(SCOPE.key());

        assertThat(reset.cause()).isInstanceOfSatisfying(GatewayException.class, failure -> {
            assertThat(failure.failure()).isEqualTo(Failure.GATEWAY_BUSY);
            assertThat(failure.retryAfter()).isPresent();
        });
    }

    @Test
    void whenRedisRefusesWhileTheFleetSettles_theSharesPermitIsGivenBack() {
        Scope minute = new Scope(SampleLimits.own("b", "4/60s", Duration.ZERO), "b|bot");
        RedisStore one = gateway(LONG);
        until(() -> take(one, SCOPE) == 4);
        RedisStore other = gateway(LONG);
        until(() -> one.health().gateways() == 2);
        String farOff = Long.toString(Long.MAX_VALUE / 1_000);
        assertThat(tell(Command.SET, new RedisKeys("botgate-test").settle(), farOff))
                .isEqualTo("OK");
        until(() -> take(one, SCOPE) >= 0 && one.health().state().equals("settling"));
        await(other.throttle(new UpstreamThrottle(minute, 412, 1_000_000, 0)));

        for (int i = 0; i < 10; i++) {
            assertThat(await(one.decide(SampleLimits.ask(1, minute))).admitted())
                    .isFalse();
        }

        until(() -> await(one.decide(SampleLimits.ask(1, minute))).admitted());
        assertThat(take(one, minute)).as("half of 4 are two").isEqualTo(1);
    }

    @Test
    void aPermitUnusedWhileTheFleetSettles_isGivenBackToRedisAndToTheShare() {
        Scope minute = new Scope(SampleLimits.own("b", "4/60s", Duration.ZERO), "b|bot");
        RedisStore one = gateway(LONG);
        until(() -> take(one, SCOPE) == 4);
        RedisStore other = gateway(LONG);
        until(() -> one.health().gateways() == 2);
        String farOff = Long.toString(Long.MAX_VALUE / 1_000);
        assertThat(tell(Command.SET, new RedisKeys("botgate-test").settle(), farOff))
                .isEqualTo("OK");
        PermitRequest ask = SampleLimits.ask(1, minute);

        for (int i = 0; i < 10; i++) {
            Decision admitted = await(one.decide(ask));
            assertThat(admitted.admitted()).isTrue();
            await(one.giveBack(ask, admitted.reservation()));
        }

        assertThat(one.health().state()).isEqualTo("settling");
        assertThat(take(one, minute)).as("half of 4").isEqualTo(2);
        assertThat(other.health().gateways()).isEqualTo(2);
    }

    @Test
    void aRefusalWhileTheFleetSettles_saysWhenItHasSettled() {
        Scope rare = new Scope(SampleLimits.own("b", "1/1s", Duration.ZERO), "b|bot");
        Duration hold = Duration.ofSeconds(10);
        RedisStore one = gateway(hold);
        RedisStore other = gateway(hold);
        until(() -> one.health().gateways() == 2);
        reach(one, "up");
        redis.kill();
        reach(one, "gone");
        reach(other, "gone");

        redis.start();

        reach(one, "settling");
        Decision decision = await(one.decide(SampleLimits.ask(1, rare)));
        assertThat(decision.admitted()).isFalse();
        assertThat(decision.delay()).isBetween(1L, 12_000_000L);
    }

    @Test
    void withoutRedisToo_aRetryAfterIsCutToTheMaximum() {
        RedisStore one = gateway(Duration.ZERO);
        redis.kill();
        reach(one, "gone");

        await(one.throttle(new UpstreamThrottle(SCOPE, 429, 3 * 3_600_000_000L, 0)));

        assertThat(await(one.decide(SampleLimits.ask(1, SCOPE))).delay())
                .isBetween(
                        3_500_000_000L, SampleLimits.THROTTLED.maximumCooldown().toMillis() * 1_000);
    }

    @Test
    void theFirstGatewayOnAnEmptyRedis_waitsForGatewaysThatKeepShares() {
        RedisStore one = gateway(LONG);
        reach(one, "up");
        until(() -> take(one, SCOPE) == 4);
        redis.kill();
        reach(one, "gone");
        until(() -> take(one, SCOPE) == 4);

        redis.start();

        RedisStore newcomer = gateway(LONG, SLOW, Duration.ofSeconds(2));
        assertThat(take(newcomer, SCOPE)).isZero();
        until(() -> one.health().state().equals("settling"));
        assertThat(take(newcomer, SCOPE)).isZero();
    }

    @Test
    void aSingleGatewayOnAnEmptyRedis_admitsAfterThatWait() {
        Scope patient = new Scope(SampleLimits.own("a", "4/500ms", Duration.ofSeconds(20)), "a|bot");

        Decision first = await(gateway(LONG, SLOW, Duration.ofSeconds(2)).decide(SampleLimits.ask(1, patient)));

        assertThat(first.admitted()).isTrue();
        assertThat(first.delay()).isBetween(1L, 3 * SLOW.toMillis() * 1_000);
    }

    @Test
    void whenRedisIsEmptied_itDecidesNothing_andItsPermitsStillCount() {
        RedisStore one = gateway(LONG);
        reach(one, "up");
        assertThat(take(one, RARE)).isEqualTo(4);

        assertThat(tell(Command.FLUSHALL)).isEqualTo("OK");

        assertThat(take(one, RARE)).isZero();
        reach(one, "settling");
        assertThat(take(one, RARE)).isZero();
    }

    @Test
    void whenRedisRestartsFromAnOldSnapshot_itsLaterPermitsStillCount() {
        RedisStore one = gateway(LONG);
        reach(one, "up");
        assertThat(tell(Command.SAVE)).isEqualTo("OK");
        assertThat(take(one, RARE)).isEqualTo(4);
        redis.kill();
        reach(one, "gone");

        redis.start();

        reach(one, "settling");
        assertThat(take(one, RARE)).isZero();
    }

    @Test
    void aRedisThatRefusesWrites_leavesTheShareUnchanged() {
        RedisStore one = gateway(LONG, HEARTBEAT, Duration.ofMillis(200));
        reach(one, "up");
        Redis operator = Redis.createClient(vertx, "redis://127.0.0.1:" + redis.port());
        takeWrites(operator, false);
        reach(one, "gone");

        long opened = connections(operator);
        until(() -> connections(operator) >= opened + 4);

        until(() -> take(one, SCOPE) > 0);
        takeWrites(operator, true);
        reach(one, "settling");
        await(operator.close());
    }

    private static void takeWrites(Redis operator, boolean take) {
        await(operator.send(Request.cmd(Command.CONFIG)
                .arg("SET")
                .arg("min-replicas-to-write")
                .arg(take ? 0 : 1)));
    }

    /** How many connections Redis has ever had; a gateway that tries to come back opens two. */
    private static long connections(Redis operator) {
        String stats =
                await(operator.send(Request.cmd(Command.INFO).arg("stats"))).toString();
        return stats.lines()
                .filter(line -> line.startsWith("total_connections_received:"))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1)))
                .sum();
    }

    @Test
    void whenAnotherGatewayDetectsThatRedisWasEmptied_thisOnesPermitsStillCount() {
        RedisStore one = gateway(LONG);
        reach(one, "up");
        RedisStore other = gateway(LONG, LONG, Duration.ofSeconds(2));
        assertThat(take(other, RARE)).isEqualTo(4);
        assertThat(tell(Command.FLUSHALL)).isEqualTo("OK");
        assertThat(take(one, RARE)).isZero();
        reach(one, "settling");

        assertThat(take(other, RARE)).isZero();
    }
}
