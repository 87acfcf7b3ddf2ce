package dev.botgate.ratelimit.redis;

import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.botgate.ratelimit.Decision;
import dev.botgate.ratelimit.LimitStore;
import dev.botgate.ratelimit.LimitStore.Cooldown;
import dev.botgate.ratelimit.LimitStore.UpstreamThrottle;
import dev.botgate.ratelimit.LimitStoreContract;
import dev.botgate.ratelimit.MemoryStore;
import dev.botgate.ratelimit.PermitRequest;
import dev.botgate.ratelimit.PermitRequest.Scope;
import dev.botgate.ratelimit.RateLimitSettings.LimitMode;
import dev.botgate.ratelimit.RateLimitSettings.StoreOutagePolicy;
import dev.botgate.ratelimit.SampleLimits;
import dev.botgate.ratelimit.SampleSettings;
import dev.botgate.ratelimit.redis.ScriptCodec.RedisKeys;
import dev.botgate.ratelimit.redis.ScriptTest.ManualClock;
import dev.botgate.ratelimit.redis.UpstreamThrottles.ThrottleNotice;
import dev.botgate.testing.Await;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RedisStoreTest extends LimitStoreContract {
    private static Vertx vertx;
    private static TestRedis redis;
    private static Redis client;
    private static Stores stores;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        stores = new Stores(vertx);
        redis = new TestRedis();
        client = Redis.createClient(vertx, "redis://127.0.0.1:" + redis.port());
    }

    @AfterAll
    static void stop() throws Exception {
        await(vertx.close());
        redis.close();
    }

    @AfterEach
    void closeStores() throws Exception {
        redis.thaw();
        stores.close();
    }

    @Override
    protected LimitStore store() throws Exception {
        Response flushed = await(send(Request.cmd(Command.FLUSHALL)));
        assertThat(flushed).isNotNull();
        return gateway();
    }

    private static Future<Response> send(Request request) {
        return client.connect().compose(connection -> connection.send(request).eventually(connection::close));
    }

    private RedisStore gateway() {
        RedisStore store =
                stores.start(redis.settings(), SampleSettings.of(StoreOutagePolicy.SHARE, Duration.ofSeconds(1)));
        until(() -> store.health().state().equals("up"));
        return store;
    }

    @Test
    void gatewaysShareOneCount_andCountOneAnother() throws Exception {
        LimitStore one = store();
        LimitStore two = gateway();
        PermitRequest ask = SampleLimits.ask(1, new Scope(SampleLimits.own("a", "1/60s", Duration.ZERO), "a|bot"));

        assertThat(await(one.decide(ask)).admitted()).isTrue();

        assertThat(await(two.decide(ask)).admitted()).isFalse();
        until(() -> two.health().equals(new LimitStore.Health("redis", "up", 2)));
    }

    @Test
    void whenRedisForgetsTheScripts_theyAreSentAgain() throws Exception {
        LimitStore store = store();
        Response flushed = await(send(Request.cmd(Command.SCRIPT).arg("FLUSH")));
        assertThat(flushed).isNotNull();

        assertThat(await(store.decide(
                                SampleLimits.ask(1, new Scope(SampleLimits.own("a", "1/60s", Duration.ZERO), "a|bot"))))
                        .admitted())
                .isTrue();
    }

    /** It would be gone after twenty seconds. */
    @Test
    void aSlowRedis_isNotGone_andALatePermitIsGivenBack() throws Exception {
        stores.close((RedisStore) store());
        RedisStore store = stores.start(
                redis.settings(Duration.ofSeconds(2), Duration.ofSeconds(5)),
                SampleSettings.of(StoreOutagePolicy.SHARE, Duration.ofSeconds(60)));
        PermitRequest ask = SampleLimits.ask(1, new Scope(SampleLimits.own("a", "2/600s", Duration.ZERO), "a|slow"));
        redis.freeze();

        assertThat(await(store.decide(ask)).admitted()).isFalse();
        assertThat(store.decide(ask).isComplete()).as("decided without asking").isTrue();
        redis.thaw();

        until(() -> Await.await(store.decide(ask)).admitted());
        assertThat(store.health().state()).isEqualTo("up");
        assertThat(await(store.decide(ask)).admitted()).isTrue();
        assertThat(await(store.decide(ask)).admitted()).isFalse();
    }

    @Test
    void everyKeyExpires_andAllAreInOneSlot() throws Exception {
        LimitStore store = store();
        Scope scope = new Scope(SampleLimits.shared("a", "1/60s", Duration.ofMinutes(5)), "a|c");
        assertThat(await(store.decide(SampleLimits.ask(1, scope))).admitted()).isTrue();
        assertThat(await(store.decide(SampleLimits.ask(1, scope))).admitted()).isTrue();
        await(store.throttle(new UpstreamThrottle(scope, 429, 60_000_000, 0)));

        Response keys = await(send(Request.cmd(Command.KEYS).arg("*")));

        assertThat(keys.size()).isGreaterThanOrEqualTo(5);
        for (Response key : keys) {
            assertThat(key.toString()).startsWith("{botgate-test}:");
            assertThat(await(send(Request.cmd(Command.PTTL).arg(key.toString())))
                            .toLong())
                    .as("time to live of %s", key)
                    .isPositive();
        }
    }

    /** The same random arrivals and returns by the same clock: every decision must be the same in both stores. */
    @Test
    void theScriptDecidesAsTheMemoryDoes() throws Exception {
        Random random = new Random(20_261_122);
        RedisKeys keys = new RedisKeys("oracle");
        RedisConnection connection = await(client.connect());
        int waited = 0;
        int refused = 0;
        for (int run = 0; run < 100; run++) {
            Response flushed = await(connection.send(Request.cmd(Command.FLUSHALL)));
            assertThat(flushed).isNotNull();
            Response known = await(
                    connection.send(Request.cmd(Command.SET).arg(keys.epoch()).arg("known")));
            assertThat(known).isNotNull();
            long[] clock = {1_700_000_000_000_000L};
            MemoryStore memory = new MemoryStore(() -> clock[0], SampleLimits.THROTTLED, 1_000);
            List<Scope> scopes = scopes(random);
            for (int i = 0; i < 150; i++) {
                clock[0] += random.nextInt(3) == 0 ? 0 : random.nextInt(40_000);
                PermitRequest ask = ask(random, scopes);
                List<String> arguments = ScriptCodec.decideArguments(ask, "id" + i, false, "known");
                Request request =
                        ManualClock.run(ScriptCodec.DECIDE, ScriptCodec.decideKeys(keys, ask), arguments, clock[0]);

                Decision expected = memory.decideNow(ask);
                Decision actual = ScriptCodec.decision(await(connection.send(request)), expected.reservation());

                assertThat(actual).as("run %d, arrival %d, %s", run, i, ask).isEqualTo(expected);
                waited += actual.admitted() && actual.delay() > 0 ? 1 : 0;
                refused += actual.admitted() ? 0 : 1;
                if (actual.admitted() && !ask.scopes().contains(scopes.get(2)) && random.nextInt(4) == 0) {
                    await(memory.giveBack(ask, expected.reservation()));
                    assertThat(await(connection.send(giveBack(keys, ask, "id" + i, clock[0]))))
                            .isNotNull();
                }
            }
        }
        await(connection.close());
        assertThat(waited).isGreaterThan(500);
        assertThat(refused).isGreaterThan(500);
    }

    /** The same random words by the same clock leave the same closures and the same factor. */
    @Test
    void theScriptHearsAsTheMemoryDoes() throws Exception {
        Random random = new Random(20_261_123);
        RedisKeys keys = new RedisKeys("words");
        Scope scope = new Scope(SampleLimits.own("a", "10/1s", Duration.ZERO), "a|bot");
        RedisConnection connection = await(client.connect());
        int lowered = 0;
        for (int run = 0; run < 40; run++) {
            Response flushed = await(connection.send(Request.cmd(Command.FLUSHALL)));
            assertThat(flushed).isNotNull();
            long[] clock = {1_700_000_000_000_000L};
            MemoryStore memory = new MemoryStore(() -> clock[0], SampleLimits.THROTTLED, 1_000);
            List<Cooldown> expected = new ArrayList<>();
            memory.onCooldown(expected::add);
            for (int i = 0; i < 20; i++) {
                clock[0] += 1_000L * random.nextInt(random.nextBoolean() ? 3_000 : 200_000);
                long closed = random.nextInt(4) == 0 ? 0 : 1_000_000L * random.nextInt(300);
                UpstreamThrottle word =
                        new UpstreamThrottle(scope, closed > 0 && random.nextBoolean() ? 412 : 429, closed, 0);
                ThrottleNotice said = new ThrottleNotice("a", word.status(), 0, word.cooldown(), 0, 0, 1);
                Request request = ManualClock.run(
                        ScriptCodec.THROTTLE,
                        ScriptCodec.scopeKeys(keys, "a"),
                        ScriptCodec.throttleArguments(said, 0, SampleLimits.THROTTLED, "nobody"),
                        clock[0]);

                await(memory.throttle(word));
                assertThat(await(connection.send(request))).isNotNull();

                String[] kept = await(connection.send(Request.cmd(Command.GET).arg(keys.throttle("a"))))
                        .toString()
                        .split(" ");
                Cooldown told = expected.get(expected.size() - 1);
                assertThat(Math.max(0, Long.parseLong(kept[0]) - clock[0]))
                        .as("run %d, word %d, %s", run, i, word)
                        .isEqualTo(told.remaining());
                double factor = Math.min(
                        1,
                        Double.parseDouble(kept[4])
                                + (clock[0] - Long.parseLong(kept[5])) * Double.parseDouble(kept[6]));
                assertThat(factor).as("run %d, word %d", run, i).isCloseTo(told.factor(), within(1e-6));
                lowered += told.factor() < 1 ? 1 : 0;
            }
        }
        await(connection.close());
        assertThat(lowered).isGreaterThan(100);
    }

    private static Request giveBack(RedisKeys keys, PermitRequest ask, String id, long micros) {
        return ManualClock.run(
                ScriptCodec.GIVE_BACK,
                ScriptCodec.giveBackKeys(keys, ask),
                ScriptCodec.giveBackArguments(ask, id),
                micros);
    }

    private static List<Scope> scopes(Random random) {
        List<Scope> scopes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            String windows = 1 + random.nextInt(5) + "/" + (50 + random.nextInt(200)) + "ms," + (4 + random.nextInt(6))
                    + "/" + (200 + random.nextInt(800)) + "ms";
            Duration wait = Duration.ofMillis(random.nextInt(1_500));
            scopes.add(
                    switch (i) {
                        case 0 -> new Scope(SampleLimits.own("own", windows, wait), "own|b");
                        case 1 -> new Scope(SampleLimits.shared("shared", windows, wait), "shared|c");
                        default ->
                            new Scope(
                                    SampleLimits.limit("shadow", windows, wait, Set.of(), LimitMode.SHADOW), "shadow");
                    });
        }
        return scopes;
    }

    private static PermitRequest ask(Random random, List<Scope> scopes) {
        List<Scope> some = new ArrayList<>(scopes.subList(random.nextInt(2), 2));
        if (random.nextBoolean()) {
            some.add(scopes.get(2));
        }
        int bot = random.nextInt(3);
        return new PermitRequest(some, bot, bot == 0 ? 2 : 1, bot == 1 ? 0.5 : 1, false, Long.MAX_VALUE);
    }
}
