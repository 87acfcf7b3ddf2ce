package dev.botgate.ratelimit.redis;

import static dev.botgate.testing.Await.await;
import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.botgate.fleet.RedisSettings;
import dev.botgate.ratelimit.PermitRequest;
import dev.botgate.ratelimit.PermitRequest.Scope;
import dev.botgate.ratelimit.RateLimitSettings.StoreOutagePolicy;
import dev.botgate.ratelimit.SampleLimits;
import dev.botgate.ratelimit.SampleSettings;
import dev.botgate.ratelimit.Ticker;
import dev.botgate.ratelimit.redis.ScriptCodec.RedisKeys;
import dev.botgate.testing.Ports;
import dev.botgate.testing.TestVertx;
import io.vertx.core.Vertx;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SelfSignedCertificate;
import io.vertx.core.net.TrustOptions;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Redis as others run it: a cluster, and behind TLS. */
@ExtendWith(TestVertx.class)
class RedisServersTest {
    private static final PermitRequest ASK =
            SampleLimits.ask(1, new Scope(SampleLimits.own("a", "1/60s", Duration.ZERO), "a|bot"));

    private final Vertx vertx;
    private final Stores stores;

    RedisServersTest(Vertx vertx) {
        this.vertx = vertx;
        this.stores = new Stores(vertx);
    }

    private RedisStore store(URI url, @Nullable TrustOptions trust) {
        RedisSettings settings = new RedisSettings(
                url, "botgate-test", Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofMillis(50), null);
        return stores.start(stores.create(
                settings, SampleSettings.of(StoreOutagePolicy.REFUSE, Duration.ofSeconds(1)), trust, Ticker.system()));
    }

    private static void assertCounts(RedisStore store) {
        until(() -> store.health().state().equals("up"));
        assertThat(await(store.decide(ASK)).admitted()).isTrue();
        assertThat(await(store.decide(ASK)).admitted()).isFalse();
    }

    @Test
    void aClusterNodeWithOtherSlots_redirectsTheGateway(@TempDir Path directory) {
        try (TestRedis one = node(directory.resolve("one.conf"));
                TestRedis other = node(directory.resolve("other.conf"))) {
            Redis ofOne = Redis.createClient(vertx, url(one));
            Redis ofOther = Redis.createClient(vertx, url(other));
            int slot = send(
                            ofOne,
                            Request.cmd(Command.CLUSTER).arg("KEYSLOT").arg(new RedisKeys("botgate-test").clock()))
                    .toInteger();
            addSlots(ofOther, IntStream.of(slot));
            addSlots(ofOne, IntStream.range(0, 16_384).filter(any -> any != slot));
            send(
                    ofOne,
                    Request.cmd(Command.CLUSTER).arg("MEET").arg("127.0.0.1").arg(other.port()));
            until(() -> List.of(ofOne, ofOther).stream()
                    .allMatch(node -> send(node, Request.cmd(Command.CLUSTER).arg("INFO"))
                            .toString()
                            .contains("cluster_state:ok")));

            RedisStore store = store(URI.create(url(one)), null);

            assertCounts(store);
            assertThat(send(ofOther, Request.cmd(Command.DBSIZE)).toInteger()).isPositive();
            assertThat(send(ofOne, Request.cmd(Command.DBSIZE)).toInteger()).isZero();
            stores.close(store);
            await(ofOne.close());
            await(ofOther.close());
        }
    }

    private static TestRedis node(Path state) {
        return new TestRedis("cluster-enabled yes", "cluster-config-file " + state, "cluster-node-timeout 5000");
    }

    private static String url(TestRedis redis) {
        return "redis://127.0.0.1:" + redis.port();
    }

    @CanIgnoreReturnValue
    private static Response send(Redis node, Request request) {
        return await(node.send(request));
    }

    private static void addSlots(Redis node, IntStream slots) {
        Request request = Request.cmd(Command.CLUSTER).arg("ADDSLOTS");
        slots.forEach(request::arg);
        assertThat(send(node, request).toString()).isEqualTo("OK");
    }

    @Test
    void aRedisWithATrustedCertificate_isUsed_andNoOther() {
        SelfSignedCertificate certificate = SelfSignedCertificate.create("localhost");
        int port = Ports.free();
        URI url = URI.create("rediss://localhost:" + port);
        try (TestRedis ignored = new TestRedis(
                "tls-port " + port,
                "tls-cert-file " + certificate.certificatePath(),
                "tls-key-file " + certificate.privateKeyPath(),
                "tls-ca-cert-file " + certificate.certificatePath(),
                "tls-auth-clients no")) {
            RedisStore trusting = store(url, new PemTrustOptions().addCertPath(certificate.certificatePath()));
            RedisStore other = store(url, null);

            assertCounts(trusting);
            assertThat(other.health().state()).isEqualTo("gone");
            stores.close(trusting);
            stores.close(other);
        } finally {
            certificate.delete();
        }
    }
}
