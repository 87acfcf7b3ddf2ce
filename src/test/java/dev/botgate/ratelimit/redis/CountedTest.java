package dev.botgate.ratelimit.redis;

import static dev.botgate.testing.Await.await;
import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.ratelimit.PermitRequest;
import dev.botgate.ratelimit.PermitRequest.Scope;
import dev.botgate.ratelimit.RateLimitSettings.StoreOutagePolicy;
import dev.botgate.ratelimit.SampleLimits;
import dev.botgate.ratelimit.SampleSettings;
import dev.botgate.ratelimit.Ticker;
import dev.botgate.ratelimit.redis.ScriptCodec.RedisKeys;
import dev.botgate.testing.TestVertx;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Which gateways have a share when Redis has gone: those that the others reckon with. */
@ExtendWith(TestVertx.class)
class CountedTest {
    private static final Duration HEARTBEAT = Duration.ofSeconds(1);
    private static final Duration COMMAND = Duration.ofMillis(500);
    private static final PermitRequest ASK =
            SampleLimits.ask(1, new Scope(SampleLimits.own("a", "4/500ms", Duration.ZERO), "a|bot"));

    private final Vertx vertx;
    private final TestRedis redis = new TestRedis();
    private final AtomicLong ahead = new AtomicLong();
    private final Stores stores;

    CountedTest(Vertx vertx) {
        this.vertx = vertx;
        this.stores = new Stores(vertx);
    }

    @AfterEach
    void close() {
        redis.close();
        stores.close();
    }

    private RedisStore gateway() {
        RedisStore store = stores.start(stores.create(
                redis.settings(COMMAND, HEARTBEAT),
                SampleSettings.of(StoreOutagePolicy.SHARE, Duration.ofSeconds(60)),
                null,
                () -> Ticker.system().micros() + ahead.get()));
        until(() -> !store.health().state().equals("gone"));
        return store;
    }

    private Response tell(Command command, String... arguments) {
        Redis client = Redis.createClient(vertx, "redis://127.0.0.1:" + redis.port());
        Request request = Request.cmd(command);
        List.of(arguments).forEach(request::arg);
        Response answer = await(client.send(request));
        await(client.close());
        return answer;
    }

    private static void reach(RedisStore gateway, String state) {
        until(() -> gateway.health().state().equals(state));
    }

    private static boolean admits(RedisStore gateway) {
        return await(gateway.decide(ASK)).admitted();
    }

    /** Four more heartbeats come, so three have been answered, and are known to have been. */
    private void haveBeenCounted(RedisStore gateway) {
        String name = "gateway-" + stores.all().indexOf(gateway);
        Set<String> beats = new HashSet<>();
        until(() -> {
            beats.add(tell(Command.ZSCORE, new RedisKeys("botgate-test").gateways(), name)
                    .toString());
            return beats.size() == 5;
        });
    }

    @Test
    void aGatewayThatTheOthersCount_keepsItsShare_whenRedisComesAndGoesAtOnce() {
        RedisStore gateway = gateway();
        haveBeenCounted(gateway);
        redis.kill();
        reach(gateway, "gone");
        redis.start();
        reach(gateway, "settling");

        redis.kill();

        reach(gateway, "gone");
        until(() -> {
            ahead.addAndGet(1_000_000);
            return admits(gateway);
        });
    }

    @Test
    void aGatewayThatJoinedJustBeforeRedisHung_hasNoShare_sinceTheOthersDoNotCountIt() {
        RedisStore gateway = gateway();
        assertThat(tell(Command.CLIENT, "PAUSE", "100000").toString()).isEqualTo("OK");
        assertThat(admits(gateway)).isFalse();

        CompletableFuture<Void> gone = new CompletableFuture<>();
        gateway.onReservationsInvalidated(() -> gone.complete(null));
        ahead.addAndGet(10_000_000);
        until(gone::isDone);

        ahead.addAndGet(10_000_000);
        assertThat(admits(gateway)).isFalse();
    }
}
