package dev.botgate.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.fleet.FleetConnection;
import dev.botgate.fleet.RedisSettings;
import dev.botgate.ratelimit.PermitRequest;
import dev.botgate.ratelimit.PermitRequest.Scope;
import dev.botgate.ratelimit.RateLimitSettings;
import dev.botgate.ratelimit.RateLimitSettings.StoreOutagePolicy;
import dev.botgate.ratelimit.SampleLimits;
import dev.botgate.ratelimit.SampleSettings;
import dev.botgate.ratelimit.redis.ScriptCodec.RedisKeys;
import dev.botgate.testing.TestVertx;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestVertx.class)
class FallbackLimiterTest {
    private static final long HOLD = 30_000_000;
    private static final long HEARTBEAT = 50_000;
    private static final long COMMAND = 2_000_000;
    private static final PermitRequest ASK = SampleLimits.ask(
                    1, new Scope(SampleLimits.own("a", "2/1s", Duration.ZERO), "a|bot"))
            .within(0);

    private final Vertx vertx;
    private long clock = 1_000_000;
    private FallbackLimiter fallback;

    FallbackLimiterTest(Vertx vertx) {
        this.vertx = vertx;
    }

    @BeforeEach
    void aGatewayOfTwo() {
        RateLimitSettings settings = SampleSettings.of(StoreOutagePolicy.SHARE, Duration.ofSeconds(30));
        RedisSettings redis = new RedisSettings(
                URI.create("redis://127.0.0.1:1"),
                "fallback",
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofMillis(50),
                null);
        FleetConnection link = new FleetConnection(vertx, redis, null, "gateway", new SimpleMeterRegistry());
        fallback = new FallbackLimiter(
                settings,
                redis,
                new UpstreamThrottles(link, new RedisKeys("fallback"), settings.throttled(), () -> clock),
                () -> clock);
        assertThat(fallback.end(false, 0)).isTrue();
        fallback.gatewaysAlive(2);
    }

    private boolean admits() {
        return Objects.requireNonNull(fallback.decide(ASK)).admitted();
    }

    @Test
    void admissionsByTheShareWhileItEnds_areReported() {
        fallback.begin(true);
        clock += 10_000_000;
        boolean told = fallback.hasAdmitted();
        assertThat(admits()).isTrue();

        assertThat(fallback.end(told, 0)).isFalse();
        assertThat(fallback.end(fallback.hasAdmitted(), HOLD)).isTrue();

        assertThat(fallback.decide(ASK)).as("decided alone").isNull();
        assertThat(fallback.decideByShare(ASK).admitted())
                .as("the share is used")
                .isFalse();
    }

    @Test
    void reservationsInRedis_areSentByTheGatewayThatNoticesLast_beforeAnyShareAdmits() {
        long window = 1_000_000;
        fallback.begin(true);

        clock += 2 * (HEARTBEAT + COMMAND) + window - 1;
        assertThat(admits()).isFalse();

        clock += 1;
        assertThat(admits()).isTrue();
    }

    @Test
    void aGatewayThatTheOthersDoNotCountYet_hasNoShare() {
        fallback.begin(false);
        clock += 10_000_000;

        assertThat(admits()).isFalse();
        assertThat(fallback.end(false, HOLD)).isTrue();
        assertThat(fallback.withoutShare()).isTrue();
    }
}
