package dev.botgate.ratelimit.redis;

import static dev.botgate.testing.Await.await;
import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.fleet.RedisSettings;
import dev.botgate.ratelimit.LimitStore.Cooldown;
import dev.botgate.ratelimit.LimitStore.UpstreamThrottle;
import dev.botgate.ratelimit.PermitRequest.Scope;
import dev.botgate.ratelimit.RateLimitSettings.StoreOutagePolicy;
import dev.botgate.ratelimit.SampleLimits;
import dev.botgate.ratelimit.SampleSettings;
import dev.botgate.testing.TestVertx;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A gateway that hears nothing any more of what is published, while its commands are answered. */
@ExtendWith(TestVertx.class)
class DeafTest {
    private static final Scope SCOPE = new Scope(SampleLimits.own("a", "4/500ms", Duration.ofSeconds(5)), "a|bot");

    private final Vertx vertx;
    private final TestRedis redis = new TestRedis();
    private final Relay relay;
    private final Stores stores;

    DeafTest(Vertx vertx) {
        this.vertx = vertx;
        this.relay = new Relay();
        this.stores = new Stores(vertx);
    }

    @AfterEach
    void close() {
        stores.close();
        redis.close();
    }

    private RedisStore gateway(int port) {
        RedisSettings settings = new RedisSettings(
                URI.create("redis://127.0.0.1:" + port),
                "botgate-test",
                Duration.ofSeconds(2),
                Duration.ofSeconds(2),
                Duration.ofMillis(50),
                null);
        return stores.start(settings, SampleSettings.of(StoreOutagePolicy.SHARE, Duration.ZERO));
    }

    @Test
    void aGatewayThatReceivesNoPublishedMessages_connectsAgain_andGetsTheCooldowns() {
        RedisStore deaf = gateway(relay.port);
        RedisStore teller = gateway(redis.port());
        CompletableFuture<Cooldown> heard = new CompletableFuture<>();
        deaf.onCooldown(heard::complete);
        relay.swallowPublications();

        await(teller.throttle(new UpstreamThrottle(SCOPE, 429, 40_000_000, 0)));

        until(heard::isDone);
        assertThat(heard.join().key()).isEqualTo(SCOPE.key());
    }

    /** Between a gateway and Redis; connections stay open whatever becomes of what they carry. */
    private final class Relay {
        private final NetClient client = vertx.createNetClient();
        private final Set<NetSocket> listening = ConcurrentHashMap.newKeySet();
        private final NetServer server = vertx.createNetServer().connectHandler(this::connected);
        private final int port = await(server.listen(0, "127.0.0.1")).actualPort();
        private final Set<NetSocket> deaf = ConcurrentHashMap.newKeySet();

        /** Of the connections that listen now. */
        void swallowPublications() {
            assertThat(listening).isNotEmpty();
            deaf.addAll(listening);
        }

        private void connected(NetSocket in) {
            in.pause();
            client.connect(redis.port(), "127.0.0.1")
                    .onSuccess(out -> {
                        in.handler(asked -> {
                            if (asked.toString().toLowerCase(Locale.ROOT).contains("subscribe")) {
                                listening.add(in);
                            }
                            var unused = out.write(asked);
                        });
                        out.handler(told -> {
                            if (!deaf.contains(in)) {
                                var unused = in.write(told);
                            }
                        });
                        in.closeHandler(closed -> out.close());
                        out.closeHandler(closed -> in.close());
                        in.resume();
                    })
                    .onFailure(cause -> in.close());
        }
    }
}
