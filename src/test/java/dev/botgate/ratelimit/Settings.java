package dev.botgate.ratelimit;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Settings for tests. */
public final class Settings {
    private Settings() {}

    public static RedisSettings redis(int port, StoreOutagePolicy whenGone, Duration hold) {
        return redis(URI.create("redis://127.0.0.1:" + port), null, whenGone, hold);
    }

    public static RedisSettings redis(URI url, @Nullable Path trusted, StoreOutagePolicy whenGone, Duration hold) {
        return new RedisSettings(
                url,
                "botgate-test",
                Duration.ofSeconds(2),
                Duration.ofSeconds(2),
                Duration.ofMillis(50),
                whenGone,
                hold,
                trusted);
    }

    /** No limits of its own. */
    public static RateLimitSettings of(RedisSettings redis) {
        return of(Map.of(), List.of(), redis);
    }

    public static RateLimitSettings of(Map<String, LimitSettings> limits, List<String> teams) {
        return of(limits, teams, redis(6_379, StoreOutagePolicy.SHARE, Duration.ofSeconds(30)));
    }

    private static RateLimitSettings of(Map<String, LimitSettings> limits, List<String> teams, RedisSettings redis) {
        return new RateLimitSettings(
                Map.of("teams", new PresetSettings(teams, null, null, null)),
                limits,
                Map.of(),
                new BackgroundSettings(List.of(), List.of(), 0.25),
                Limited.THROTTLED,
                100,
                1_000,
                StoreKind.MEMORY,
                redis);
    }

    /** {@code settings}, by which {@code operation} is background work that joins two fifths of the queue. */
    static RateLimitSettings withBackground(RateLimitSettings settings, String operation) {
        return new RateLimitSettings(
                settings.presets(),
                settings.limits(),
                settings.bots(),
                new BackgroundSettings(List.of(operation), List.of(), 0.4),
                settings.throttled(),
                settings.maximumWaiting(),
                settings.maximumScopes(),
                settings.store(),
                settings.redis());
    }

    /** One limit for everything. */
    public static RateLimitSettings of(String windows, Duration maximumWait, String... countBy) {
        return of(
                Map.of("all", new LimitSettings(null, List.of(countBy), windows, null, maximumWait, Duration.ZERO)),
                List.of());
    }
}
