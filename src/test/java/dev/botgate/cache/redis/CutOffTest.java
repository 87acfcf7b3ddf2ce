package dev.botgate.cache.redis;

import static dev.botgate.testing.Await.await;
import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.cache.Invalidation;
import dev.botgate.fleet.FleetConnection;
import dev.botgate.fleet.RedisSettings;
import dev.botgate.ratelimit.redis.TestRedis;
import dev.botgate.testing.TestVertx;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two gateways, of which one is cut off from Redis for a while. */
class CutOffTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Invalidation FIRST = new Invalidation(null, "19:first");
    private static final Invalidation MEANWHILE = new Invalidation(null, "19:meanwhile");

    private final Vertx vertx = TestVertx.create();
    private final TestRedis redis = new TestRedis();
    private final Relay relay = new Relay();
    private final List<Invalidation> heard = new CopyOnWriteArrayList<>();
    private final List<FleetConnection> connections = new ArrayList<>();
    private final RedisInvalidationBus hearer = bus("hearer", redis.port());
    private final RedisInvalidationBus teller = bus("teller", relay.port());

    private RedisInvalidationBus bus(String name, int port) {
        RedisSettings settings = new RedisSettings(
                URI.create("redis://127.0.0.1:" + port), "x", PATIENCE, PATIENCE, Duration.ofMillis(200), null);
        FleetConnection connection = new FleetConnection(vertx, settings, null, name, new SimpleMeterRegistry());
        connections.add(connection);
        return new RedisInvalidationBus(connection, name, new SimpleMeterRegistry());
    }

    private void start() {
        connections.forEach(connection -> await(connection.start()));
    }

    @AfterEach
    void close() {
        connections.forEach(connection -> await(connection.close()));
        TestVertx.close(vertx);
        redis.close();
    }

    @Test
    void aGatewayThatWasCutOff_dropsAllLists_andPublishesItsInvalidations_onceItIsConnectedAgain() {
        List<Invalidation> droppedByTeller = new CopyOnWriteArrayList<>();
        hearer.onInvalidation(heard::add);
        teller.onInvalidation(droppedByTeller::add);
        start();
        teller.send(FIRST);
        until(() -> heard.contains(FIRST));
        droppedByTeller.clear();

        relay.cut();
        until(() -> !teller.receives());
        teller.send(MEANWHILE);
        assertThat(hearer.receives()).isTrue();
        relay.mend();
        until(teller::receives);

        until(() -> heard.contains(MEANWHILE));
        assertThat(droppedByTeller).containsExactly(Invalidation.ALL);
        assertThat(hearer.receives()).isTrue();
    }

    /** Somebody else may publish there, as a gateway of a later version or an operator who tries something. */
    @Test
    void aForeignMessageOnTheEchoChannel_doesNotBreakTheConnection() {
        hearer.onInvalidation(heard::add);
        start();
        until(() -> !heard.isEmpty());
        heard.clear();
        Redis stranger = Redis.createClient(vertx, "redis://127.0.0.1:" + redis.port());

        for (String text : List.of("no number", "-1", "9223372036854775807")) {
            assertThat(await(stranger.send(Request.cmd(Command.PUBLISH)
                                    .arg("x:echo:hearer")
                                    .arg(text)))
                            .toInteger())
                    .isEqualTo(1);
        }
        teller.send(FIRST);

        until(() -> heard.contains(FIRST));
        assertThat(heard).doesNotContain(Invalidation.ALL);
        await(stranger.close());
    }

    /** One connection after another to Redis, until it is cut. */
    private final class Relay {
        private final NetClient client = vertx.createNetClient();
        private final Set<NetSocket> open = ConcurrentHashMap.newKeySet();
        private final NetServer server = vertx.createNetServer().connectHandler(this::connected);
        private final int port = await(server.listen(0, "127.0.0.1")).actualPort();
        private volatile boolean whole = true;

        int port() {
            return port;
        }

        void cut() {
            whole = false;
            open.forEach(socket -> await(socket.close()));
        }

        void mend() {
            whole = true;
        }

        private void connected(NetSocket in) {
            in.pause();
            open.add(in);
            if (!whole) {
                var unused = in.close();
                return;
            }
            client.connect(redis.port(), "127.0.0.1")
                    .onSuccess(out -> {
                        in.pipeTo(out);
                        out.pipeTo(in);
                    })
                    .onFailure(cause -> in.close());
        }
    }
}
