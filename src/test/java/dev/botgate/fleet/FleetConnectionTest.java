package dev.botgate.fleet;

import static dev.botgate.testing.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.ratelimit.redis.TestRedis;
import dev.botgate.testing.TestVertx;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestVertx.class)
class FleetConnectionTest {
    private final Vertx vertx;

    FleetConnectionTest(Vertx vertx) {
        this.vertx = vertx;
    }

    /** A clock of its own would call an answer late that is there, but that a busy event loop has not read yet. */
    @Test
    void whoeverAsks_thatAnAnswerIsLateIsFoundOnTheLinksEventLoop() {
        try (TestRedis redis = new TestRedis()) {
            RedisServer server = new RedisServer(
                    URI.create("redis://127.0.0.1:" + redis.port()),
                    Duration.ofSeconds(5),
                    Duration.ofMillis(200),
                    null);
            FleetConnection link = new FleetConnection(
                    vertx, server, List.of("any"), open -> Future.succeededFuture(), (channel, text) -> {}, () -> {});
            await(link.connect());
            Promise<Thread> loop = Promise.promise();
            link.context().runOnContext(now -> loop.complete(Thread.currentThread()));
            redis.freeze();
            Promise<Thread> found = Promise.promise();

            link.send(Request.cmd(Command.PING)).onComplete(answered -> {
                assertThat(answered.failed()).isTrue();
                found.complete(Thread.currentThread());
            });

            assertThat(await(found.future())).isSameAs(await(loop.future()));
            redis.thaw();
            await(link.close());
        }
    }
}
