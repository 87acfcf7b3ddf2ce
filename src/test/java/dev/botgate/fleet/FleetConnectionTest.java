package dev.botgate.fleet;

import static dev.botgate.testing.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.ratelimit.redis.TestRedis;
import dev.botgate.testing.TestVertx;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
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

    /** A clock of its own would call a reply late that is there, but that a busy event loop has not read yet. */
    @Test
    void aLateReply_isNoticedOnTheConnectionsEventLoop_whoeverAsks() {
        try (TestRedis redis = new TestRedis()) {
            RedisSettings settings = redis.settings(Duration.ofMillis(200), Duration.ofMinutes(1));
            FleetConnection connection =
                    new FleetConnection(vertx, settings, null, "gateway", new SimpleMeterRegistry());
            await(connection.start());
            Promise<Thread> loop = Promise.promise();
            connection.execute(() -> loop.complete(Thread.currentThread()));
            redis.freeze();
            Promise<Thread> found = Promise.promise();

            connection.run(LuaScript.of("return 1"), List.of(), List.of()).onComplete(answered -> {
                assertThat(answered.failed()).isTrue();
                found.complete(Thread.currentThread());
            });

            assertThat(await(found.future())).isSameAs(await(loop.future()));
            redis.thaw();
            await(connection.close());
        }
    }
}
