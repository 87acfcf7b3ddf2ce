package dev.botgate.fleet;

import static dev.botgate.testing.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.botgate.ratelimit.redis.TestRedis;
import dev.botgate.testing.TestVertx;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(TestVertx.class)
class FleetConnectionTest {
    private final Vertx vertx;

    FleetConnectionTest(Vertx vertx) {
        this.vertx = vertx;
    }

    /**
     * A separate clock would report a timeout for a reply that has arrived but that the busy event loop has not read yet.
     */
    @Test
    void aTimeout_isMeasuredOnTheConnectionsEventLoop_whicheverThreadCalls() {
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

    @Nested
    class RedisSettingsTest {
        @Test
        void invalidSettings_areRefusedByName() {
            assertThatThrownBy(() -> settings("http://x", "p"))
                    .hasMessageStartingWith("url: this URL (expected: redis://");
            assertThatThrownBy(() -> settings("redis:x", "p"))
                    .hasMessageStartingWith("url: this URL (expected: redis://");
            assertThatThrownBy(() -> settings(null, " ")).hasMessageStartingWith("prefix: ");
            assertThatThrownBy(() -> settings(null, "a{b}")).hasMessageStartingWith("prefix: a{b} (expected: ");
        }

        private static RedisSettings settings(@Nullable String url, String prefix) {
            Duration second = Duration.ofSeconds(1);
            return new RedisSettings(url == null ? null : URI.create(url), prefix, second, second, second, null);
        }
    }

    @Nested
    class RedisConnectorTest {
        @ParameterizedTest
        @CsvSource({
            "redis://10.0.0.1:6379, MOVED 3999 10.0.0.2:6381, redis://10.0.0.2:6381",
            "rediss://:secret@node:6379, MOVED 0 other.example:7000, rediss://:secret@other.example:7000",
            "redis://node:6379, MOVED 16383 :6381, redis://node:6381",
            "redis://node:6379, MOVED 1 ::1:6381, redis://[::1]:6381"
        })
        void theNodeOfAKey_isReadFromTheRedirect(URI asked, String said, URI there) {
            assertThat(RedisConnector.redirect(asked, new IllegalStateException(said)))
                    .contains(there);
        }

        @ParameterizedTest
        @CsvSource({"ERR unknown command", "ASK 3999 10.0.0.2:6381", "MOVED"})
        void otherErrors_areNoRedirect(String said) {
            assertThat(RedisConnector.redirect(URI.create("redis://node:6379"), new IllegalStateException(said)))
                    .isEmpty();
        }
    }
}
