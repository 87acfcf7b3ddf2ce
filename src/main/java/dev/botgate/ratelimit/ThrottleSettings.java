package dev.botgate.ratelimit;

import static dev.botgate.failure.SettingCheck.positive;

import dev.botgate.failure.SettingCheck;
import java.time.Duration;

/**
 * What becomes of an upstream's 429 and 412.
 *
 * @param maximumClosure the longest {@code Retry-After} that is believed
 * @param restart how long admissions stay spaced evenly after a closure
 * @param adaptive whether repeated 429s under a limit that was kept lower it
 * @param decrease what a repeated 429 multiplies the limit by
 * @param floor the least part of the limit that is left
 * @param recovery how long a limit takes from nothing to its whole, without another 429
 */
public record ThrottleSettings(
        Duration maximumClosure, Duration restart, boolean adaptive, double decrease, double floor, Duration recovery) {
    public ThrottleSettings {
        positive("maximum-closure", maximumClosure);
        SettingCheck.notNegative("restart", restart);
        if (!(decrease > 0 && decrease < 1)) {
            throw SettingCheck.refused("decrease", decrease, "above 0, below 1");
        }
        if (!(floor >= 0.01 && floor <= 1)) {
            throw SettingCheck.refused("floor", floor, "0.01 to 1");
        }
        positive("recovery", recovery);
    }
}
