package dev.botgate.ratelimit;

import dev.botgate.ratelimit.RateLimitSettings.BackgroundSettings;
import dev.botgate.ratelimit.RateLimitSettings.LimitSettings;
import dev.botgate.ratelimit.RateLimitSettings.PresetSettings;
import dev.botgate.ratelimit.RateLimitSettings.StoreOutagePolicy;
import dev.botgate.testing.TestSettings;
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
        return TestSettings.with(
                TestSettings.PACKAGED.ratelimit(),
                "presets",
                Map.of("teams", new PresetSettings(teams, null, null, null)),
                "limits",
                limits,
                "throttled",
                SampleLimits.THROTTLED,
                "maximumWaiting",
                100,
                "maximumScopes",
                1_000,
                "storeOutage",
                outage,
                "outageHold",
                hold);
    }

    /** {@code settings}, by which {@code operation} is background work that joins two fifths of the queue. */
    static RateLimitSettings withBackground(RateLimitSettings settings, String operation) {
        return TestSettings.with(settings, "background", new BackgroundSettings(List.of(operation), List.of(), 0.4));
    }

    /** One limit for everything. */
    public static RateLimitSettings of(String windows, Duration maximumWait, String... countBy) {
        return of(
                Map.of("all", new LimitSettings(null, List.of(countBy), windows, null, maximumWait, Duration.ZERO)),
                List.of());
    }
}
