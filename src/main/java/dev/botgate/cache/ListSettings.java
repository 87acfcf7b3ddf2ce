package dev.botgate.cache;

import static dev.botgate.failure.SettingCheck.notNegative;

import dev.botgate.failure.SettingCheck;
import java.time.Duration;

/**
 * How long the lists of one operation may be served; RFC 5861 for what is stale.
 *
 * @param freshFor up to which age a list is fresh; zero turns the cache off for the operation
 * @param staleWhileRevalidate how much longer it is served at once, while it is refreshed
 * @param staleIfError how much longer than {@code freshFor} it is served if it cannot be refreshed
 */
public record ListSettings(Duration freshFor, Duration staleWhileRevalidate, Duration staleIfError) {
    public ListSettings {
        atMostAYear("fresh-for", freshFor);
        atMostAYear("stale-while-revalidate", staleWhileRevalidate);
        atMostAYear("stale-if-error", staleIfError);
    }

    static void atMostAYear(String name, Duration time) {
        notNegative(name, time);
        if (time.compareTo(Duration.ofDays(365)) > 0) {
            throw SettingCheck.refused(name, time.toSeconds() + "s", "at most a year");
        }
    }
}
