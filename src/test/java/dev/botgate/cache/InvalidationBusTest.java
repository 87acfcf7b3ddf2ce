package dev.botgate.cache;

import static dev.botgate.cache.CacheFixture.body;
import static dev.botgate.cache.CacheFixture.status;
import static dev.botgate.testing.Await.await;
import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.cache.CacheSettings.ListSettings;
import dev.botgate.cache.redis.RedisInvalidationBus;
import dev.botgate.exchange.Reply;
import dev.botgate.fleet.FleetConnection;
import dev.botgate.fleet.RedisSettings;
import dev.botgate.ratelimit.redis.TestRedis;
import dev.botgate.testing.TestVertx;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two gateways and a real Redis. Lists are fresh for 60 s, then stale for an hour. */
class InvalidationBusTest {
    private static final CacheRequest MEMBERS = CacheRequest.members("19:x");
    private static final Invalidation DROP = new Invalidation("teams", "19:x");
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final ListSettings LISTS =
            new ListSettings(Duration.ofMinutes(1), Duration.ofHours(1), Duration.ofHours(1));

    private final Vertx vertx = TestVertx.create();
    private final TestRedis redis = new TestRedis();
    private final List<FleetConnection> connections = new ArrayList<>();
    private final List<RedisInvalidationBus> buses = new ArrayList<>();
    private final CacheFixture one = gateway("one", "fleet");
    private final CacheFixture other = gateway("other", "fleet");

    @AfterEach
    void close() {
        connections.forEach(connection -> await(connection.close()));
        TestVertx.close(vertx);
        redis.close();
        one.verify();
        other.verify();
    }

    private CacheFixture gateway(String name, String prefix) {
        CacheFixture gateway = unconnected(name, prefix);
        await(connections.get(connections.size() - 1).start());
        return gateway;
    }

    private CacheFixture unconnected(String name, String prefix) {
        return unconnected(name, settings(prefix, PATIENCE, Duration.ofSeconds(1)));
    }

    private CacheFixture unconnected(String name, RedisSettings settings) {
        return new CacheFixture(CacheFixture.settings(1 << 20, LISTS), bus(settings, name));
    }

    private RedisSettings settings(String prefix, Duration commandTimeout, Duration heartbeat) {
        URI url = URI.create("redis://127.0.0.1:" + redis.port());
        return new RedisSettings(url, prefix, PATIENCE, commandTimeout, heartbeat, null);
    }

    private RedisInvalidationBus bus(RedisSettings settings, String name) {
        FleetConnection connection = new FleetConnection(vertx, settings, null, name, new SimpleMeterRegistry());
        connections.add(connection);
        RedisInvalidationBus bus = new RedisInvalidationBus(connection, name, new SimpleMeterRegistry());
        buses.add(bus);
        return bus;
    }

    @Test
    void anInvalidationInOneGateway_dropsTheListsOfTheOthers() {
        other.askAndAnswer(MEMBERS, "before");
        other.askAndAnswer(CacheRequest.members("19:y"), "another");
        long began = System.nanoTime();

        one.askAndAnswer(CacheRequest.removal("19:x"), "");
        until(() -> other.cache.stored().asMap().size() == 1);

        System.out.printf("dropped in the other gateway after %d us%n", (System.nanoTime() - began) / 1_000);
        assertThat(status(other.askAndAnswer(CacheRequest.members("19:y"), ""))).contains("hit");
        assertThat(body(other.askAndAnswer(MEMBERS, "after"))).isEqualTo("after");
    }

    @Test
    void aLoadThatBeganBeforeAnothersInvalidation_isNotStored() {
        Future<Reply> load = other.ask(MEMBERS);
        one.cache.invalidate(DROP);
        until(() -> other.cache.generations() == 0);

        other.upstream.last().answer("before");

        assertThat(body(load.result())).isEqualTo("before");
        assertThat(other.cache.stored().asMap()).isEmpty();
    }

    @Test
    void anOperatorsDrop_reachesAllGateways() {
        other.askAndAnswer(MEMBERS, "before");
        other.askAndAnswer(MEMBERS.on("webchat"), "before");

        assertThat(one.cache.invalidate(new Invalidation("webchat", null))).isZero();
        until(() -> other.cache.stored().asMap().size() == 1);
        assertThat(one.cache.invalidate(Invalidation.ALL)).isZero();

        until(() -> other.cache.stored().asMap().isEmpty());
    }

    @Test
    void gatewaysWithDifferentPrefixes_doNotInvalidateTogether() {
        CacheFixture stranger = gateway("stranger", "another");
        stranger.askAndAnswer(MEMBERS, "list");
        other.askAndAnswer(MEMBERS, "list");

        one.cache.invalidate(DROP);
        until(() -> other.cache.stored().asMap().isEmpty());

        assertThat(status(stranger.askAndAnswer(MEMBERS, ""))).contains("hit");
    }

    @Test
    void aGateway_ignoresItsOwnInvalidations() {
        one.cache.invalidate(DROP);
        one.askAndAnswer(MEMBERS, "after");
        other.askAndAnswer(CacheRequest.members("19:end"), "list");

        one.cache.invalidate(new Invalidation("teams", "19:end"));
        until(() -> other.cache.stored().asMap().isEmpty());

        assertThat(status(one.askAndAnswer(MEMBERS, ""))).contains("hit");
    }

    @Test
    void whileRedisIsGone_onlyFreshListsAreGiven_andAfterwardsNoOldOnes() {
        other.askAndAnswer(MEMBERS, "before");
        redis.kill();
        until(() -> buses.stream().noneMatch(RedisInvalidationBus::receives));
        one.askAndAnswer(CacheRequest.removal("19:x"), "");

        Reply fresh = other.askAndAnswer(MEMBERS, "");
        other.askAndAnswer(CacheRequest.members("19:y"), "in the gap");
        other.pass(Duration.ofMinutes(1));
        Reply later = other.askAndAnswer(MEMBERS, "after");

        assertThat(body(fresh)).isEqualTo("before");
        assertThat(body(later)).isEqualTo("after");
        redis.start();
        until(() -> buses.stream().allMatch(RedisInvalidationBus::receives));
        assertThat(status(other.askAndAnswer(MEMBERS, "anew"))).contains("uri-miss");
        assertThat(status(other.askAndAnswer(CacheRequest.members("19:y"), "anew")))
                .contains("uri-miss");
    }

    @Test
    void aLoadThatBeganWhileRedisWasGone_isNotStored() {
        redis.kill();
        until(() -> buses.stream().noneMatch(RedisInvalidationBus::receives));
        Future<Reply> load = other.ask(MEMBERS);
        redis.start();
        until(() -> buses.stream().allMatch(RedisInvalidationBus::receives));

        other.upstream.last().answer("of the gap");

        assertThat(body(load.result())).isEqualTo("of the gap");
        assertThat(other.cache.stored().asMap()).isEmpty();
    }

    @Test
    void invalidationsWithoutRedis_arePublishedOnceItIsConnected() {
        CacheFixture third = unconnected("third", "fleet");
        third.cache.invalidate(DROP);
        other.askAndAnswer(MEMBERS, "before");
        assertThat(buses.get(2).receives()).isFalse();

        await(connections.get(2).start());

        until(() -> other.cache.stored().asMap().isEmpty());
    }

    @Test
    void whileRedisIsSlow_invalidationsArriveLate_butNoneIsLost() {
        // Those whose heart beats fast would give such a connection up.
        connections.forEach(connection -> await(connection.close()));
        RedisSettings calm = settings("fleet", Duration.ofMillis(20), Duration.ofSeconds(20));
        CacheFixture teller = unconnected("teller", calm);
        CacheFixture hearer = unconnected("hearer", calm);
        connections.subList(2, 4).forEach(connection -> await(connection.start()));
        teller.askAndAnswer(CacheRequest.members("19:y"), "another");
        hearer.askAndAnswer(MEMBERS, "before");
        Redis stranger = Redis.createClient(vertx, "redis://127.0.0.1:" + redis.port());
        assertThat(await(stranger.send(Request.cmd(Command.CLIENT)
                                .arg("PAUSE")
                                .arg("300")
                                .arg("WRITE")))
                        .toString())
                .isEqualTo("OK");

        teller.cache.invalidate(DROP);
        until(() -> hearer.cache.stored().asMap().isEmpty());

        assertThat(buses.subList(2, 4)).allMatch(RedisInvalidationBus::receives);
        assertThat(status(teller.askAndAnswer(CacheRequest.members("19:y"), "")))
                .contains("hit");
        await(stranger.close());
    }

    @Test
    void aMessageThatCannotBeParsed_dropsAllLists() {
        other.askAndAnswer(MEMBERS, "list");
        Redis stranger = Redis.createClient(vertx, "redis://127.0.0.1:" + redis.port());

        assertThat(await(stranger.send(Request.cmd(Command.PUBLISH)
                                .arg("fleet:cache:invalidations")
                                .arg("2&x")))
                        .toInteger())
                .isEqualTo(2);

        until(() -> other.cache.stored().asMap().isEmpty());
        await(stranger.close());
    }

    @Test
    void withoutRedis_aGatewayStarts_andReceivesInvalidationsOnceRedisIsThere() {
        redis.kill();
        CacheFixture late = gateway("late", "fleet");
        assertThat(buses.get(2).receives()).isFalse();
        assertThat(body(late.askAndAnswer(MEMBERS, "list"))).isEqualTo("list");

        redis.start();

        until(() -> buses.get(2).receives());
    }
}
