package dev.botgate.cache;

import static dev.botgate.cache.CacheFixture.body;
import static dev.botgate.cache.CacheFixture.status;
import static dev.botgate.testing.Await.await;
import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.cache.redis.RedisInvalidationBus;
import dev.botgate.exchange.Reply;
import dev.botgate.ratelimit.redis.TestRedis;
import dev.botgate.testing.Ports;
import dev.botgate.testing.TestVertx;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SelfSignedCertificate;
import io.vertx.core.net.TrustOptions;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two gateways and a real Redis. Lists are fresh for 60 s, then stale for an hour. */
class InvalidationBusTest {
    private static final Asked MEMBERS = Asked.members("19:x");
    private static final Invalidation DROP = new Invalidation("teams", "19:x");
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final ListSettings LISTS =
            new ListSettings(Duration.ofMinutes(1), Duration.ofHours(1), Duration.ofHours(1));

    private final Vertx vertx = TestVertx.create();
    private final TestRedis redis = new TestRedis();
    private final List<RedisInvalidationBus> fleets = new ArrayList<>();
    private final CacheFixture one = gateway("one", "fleet");
    private final CacheFixture other = gateway("other", "fleet");

    @AfterEach
    void close() {
        fleets.forEach(fleet -> await(fleet.close()));
        TestVertx.close(vertx);
        redis.close();
        one.verify();
        other.verify();
    }

    private CacheFixture gateway(String name, String prefix) {
        CacheFixture gateway = unconnected(name, prefix);
        await(fleets.get(fleets.size() - 1).start());
        return gateway;
    }

    private CacheFixture unconnected(String name, String prefix) {
        return unconnected(name, new RedisSettings(null, prefix, PATIENCE, PATIENCE, Duration.ofSeconds(1), null));
    }

    private CacheFixture unconnected(String name, RedisSettings settings) {
        RedisInvalidationBus fleet = fleet(settings, "redis://127.0.0.1:" + redis.port(), null, name);
        return new CacheFixture(CacheFixture.settings(1 << 20, LISTS), fleet);
    }

    private RedisInvalidationBus fleet(RedisSettings settings, String url, @Nullable TrustOptions trust, String name) {
        RedisInvalidationBus fleet =
                new RedisInvalidationBus(vertx, settings, URI.create(url), trust, name, new SimpleMeterRegistry());
        fleets.add(fleet);
        return fleet;
    }

    @Test
    void aRedisWithTlsThatIsTrusted_isHeard_andNoOther() {
        SelfSignedCertificate certificate = SelfSignedCertificate.create("localhost");
        int port = Ports.free();
        RedisSettings patient = new RedisSettings(
                null, "tls", Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(20), null);
        try (TestRedis ignored = new TestRedis(
                "tls-port " + port,
                "tls-cert-file " + certificate.certificatePath(),
                "tls-key-file " + certificate.privateKeyPath(),
                "tls-ca-cert-file " + certificate.certificatePath(),
                "tls-auth-clients no")) {
            RedisInvalidationBus trusting = fleet(
                    patient,
                    "rediss://localhost:" + port,
                    new PemTrustOptions().addCertPath(certificate.certificatePath()),
                    "trusting");
            RedisInvalidationBus stranger = fleet(patient, "rediss://localhost:" + port, null, "stranger");

            await(trusting.start());
            await(stranger.start());

            assertThat(trusting.hears()).isTrue();
            assertThat(stranger.hears()).isFalse();
            await(trusting.close());
            await(stranger.close());
        } finally {
            certificate.delete();
        }
    }

    @Test
    void whatOneDrops_theOthersDrop() {
        other.askAndAnswer(MEMBERS, "before");
        other.askAndAnswer(Asked.members("19:y"), "another");
        long began = System.nanoTime();

        one.askAndAnswer(Asked.removal("19:x"), "");
        until(() -> other.cache.stored().asMap().size() == 1);

        System.out.printf("dropped in the other gateway after %d us%n", (System.nanoTime() - began) / 1_000);
        assertThat(status(other.askAndAnswer(Asked.members("19:y"), ""))).contains("hit");
        assertThat(body(other.askAndAnswer(MEMBERS, "after"))).isEqualTo("after");
    }

    @Test
    void aLoadThatBeganBeforeTheOtherDropped_isNotKept() {
        Future<Reply> load = other.ask(MEMBERS);
        one.cache.drop(DROP);
        until(() -> other.cache.generations() == 0);

        other.upstream.last().answer("before");

        assertThat(body(load.result())).isEqualTo("before");
        assertThat(other.cache.stored().asMap()).isEmpty();
    }

    @Test
    void whatTheOperatorDrops_goesEverywhere() {
        other.askAndAnswer(MEMBERS, "before");
        other.askAndAnswer(MEMBERS.on("webchat"), "before");

        assertThat(one.cache.drop(new Invalidation("webchat", null))).isZero();
        until(() -> other.cache.stored().asMap().size() == 1);
        assertThat(one.cache.drop(Invalidation.ALL)).isZero();

        until(() -> other.cache.stored().asMap().isEmpty());
    }

    @Test
    void fleetsApart_dropApart() {
        CacheFixture stranger = gateway("stranger", "another");
        stranger.askAndAnswer(MEMBERS, "list");
        other.askAndAnswer(MEMBERS, "list");

        one.cache.drop(DROP);
        until(() -> other.cache.stored().asMap().isEmpty());

        assertThat(status(stranger.askAndAnswer(MEMBERS, ""))).contains("hit");
    }

    @Test
    void whatOneDropsItself_itDoesNotDropAgain() {
        one.cache.drop(DROP);
        one.askAndAnswer(MEMBERS, "after");
        other.askAndAnswer(Asked.members("19:end"), "list");

        one.cache.drop(new Invalidation("teams", "19:end"));
        until(() -> other.cache.stored().asMap().isEmpty());

        assertThat(status(one.askAndAnswer(MEMBERS, ""))).contains("hit");
    }

    @Test
    void whileRedisIsGone_nothingIsGivenBeyondItsFreshTime_andAfterwardsNothingFromBefore() {
        other.askAndAnswer(MEMBERS, "before");
        redis.kill();
        until(() -> fleets.stream().noneMatch(RedisInvalidationBus::hears));
        one.askAndAnswer(Asked.removal("19:x"), "");

        Reply fresh = other.askAndAnswer(MEMBERS, "");
        other.askAndAnswer(Asked.members("19:y"), "in the gap");
        other.pass(Duration.ofMinutes(1));
        Reply later = other.askAndAnswer(MEMBERS, "after");

        assertThat(body(fresh)).isEqualTo("before");
        assertThat(body(later)).isEqualTo("after");
        redis.start();
        until(() -> fleets.stream().allMatch(RedisInvalidationBus::hears));
        assertThat(status(other.askAndAnswer(MEMBERS, "anew"))).contains("uri-miss");
        assertThat(status(other.askAndAnswer(Asked.members("19:y"), "anew"))).contains("uri-miss");
    }

    @Test
    void aLoadThatRanInTheGap_isNotKept() {
        redis.kill();
        until(() -> fleets.stream().noneMatch(RedisInvalidationBus::hears));
        Future<Reply> load = other.ask(MEMBERS);
        redis.start();
        until(() -> fleets.stream().allMatch(RedisInvalidationBus::hears));

        other.upstream.last().answer("of the gap");

        assertThat(body(load.result())).isEqualTo("of the gap");
        assertThat(other.cache.stored().asMap()).isEmpty();
    }

    @Test
    void whatWasDroppedWithoutRedis_isToldOnceItIsThere() {
        CacheFixture third = unconnected("third", "fleet");
        third.cache.drop(DROP);
        other.askAndAnswer(MEMBERS, "before");
        assertThat(fleets.get(2).hears()).isFalse();

        await(fleets.get(2).start());

        until(() -> other.cache.stored().asMap().isEmpty());
    }

    @Test
    void whileRedisIsSlow_whatIsDroppedIsToldLate_andNothingElseIsLost() {
        // Those whose heart beats fast would give such a connection up.
        fleets.forEach(fleet -> await(fleet.close()));
        RedisSettings calm =
                new RedisSettings(null, "fleet", PATIENCE, Duration.ofMillis(20), Duration.ofSeconds(20), null);
        CacheFixture teller = unconnected("teller", calm);
        CacheFixture hearer = unconnected("hearer", calm);
        fleets.subList(2, 4).forEach(fleet -> await(fleet.start()));
        teller.askAndAnswer(Asked.members("19:y"), "another");
        hearer.askAndAnswer(MEMBERS, "before");
        Redis stranger = Redis.createClient(vertx, "redis://127.0.0.1:" + redis.port());
        assertThat(await(stranger.send(Request.cmd(Command.CLIENT)
                                .arg("PAUSE")
                                .arg("300")
                                .arg("WRITE")))
                        .toString())
                .isEqualTo("OK");

        teller.cache.drop(DROP);
        until(() -> hearer.cache.stored().asMap().isEmpty());

        assertThat(fleets.subList(2, 4)).allMatch(RedisInvalidationBus::hears);
        assertThat(status(teller.askAndAnswer(Asked.members("19:y"), ""))).contains("hit");
        await(stranger.close());
    }

    @Test
    void whatIsNotUnderstood_dropsEverything() {
        other.askAndAnswer(MEMBERS, "list");
        Redis stranger = Redis.createClient(vertx, "redis://127.0.0.1:" + redis.port());

        assertThat(await(stranger.send(Request.cmd(Command.PUBLISH)
                                .arg("fleet:cache:drops")
                                .arg("2&x")))
                        .toInteger())
                .isEqualTo(2);

        until(() -> other.cache.stored().asMap().isEmpty());
        await(stranger.close());
    }

    @Test
    void whenRedisWasNeverThere_aGatewayStarts_andHearsWhenItComes() {
        redis.kill();
        CacheFixture late = gateway("late", "fleet");
        assertThat(fleets.get(2).hears()).isFalse();
        assertThat(body(late.askAndAnswer(MEMBERS, "list"))).isEqualTo("list");

        redis.start();

        until(() -> fleets.get(2).hears());
    }
}
