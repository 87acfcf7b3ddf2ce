package dev.botgate.ratelimit;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Settings for tests. */
public final class SampleSettings {
    private SampleSettings() {}

    /** No limits of its own. */
    public static RateLimitSettings of(StoreOutagePolicy outage, Duration hold) {
        return of(Map.of(), List.of(), outage, hold);
    }

    public static RateLimitSettings of(Map<String, LimitSettings> limits, List<String> teams) {
        return of(limits, teams, StoreOutagePolicy.SHARE, Duration.ofSeconds(30));
    }

    private static RateLimitSettings of(
            Map<String, LimitSettings> limits, List<String> teams, StoreOutagePolicy outage, Duration hold) {
        return new RateLimitSettings(
                Map.of("teams", new PresetSettings(teams, null, null, null)),
                limits,
                Map.of(),
                new BackgroundSettings(List.of(), List.of(), 0.25),
                SampleLimits.THROTTLED,
                100,
                1_000,
                StoreKind.MEMORY,
                outage,
                hold);
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
                settings.storeOutage(),
                settings.outageHold());
    }

    /** One limit for everything. */
    public static RateLimitSettings of(String windows, Duration maximumWait, String... countBy) {
        return of(
                Map.of("all", new LimitSettings(null, List.of(countBy), windows, null, maximumWait, Duration.ZERO)),
                List.of());
    }
}
