package dev.botgate.ratelimit;

import dev.botgate.failure.SettingCheck;

/**
 * What one bot is owed where it shares a limit with others.
 *
 * @param weight its share, against 1 of every bot that is not named
 */
public record BotSettings(double weight) {
    public BotSettings {
        if (!(weight >= 0.01 && weight <= 1_000)) {
            throw SettingCheck.refused("weight", weight, "0.01 to 1000");
        }
    }
}
