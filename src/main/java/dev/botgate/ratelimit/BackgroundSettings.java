package dev.botgate.ratelimit;

import dev.botgate.failure.SettingCheck;
import java.util.List;

/**
 * What gives way to replies, such as proactive broadcasts.
 *
 * @param operations operations that are background work, by id
 * @param bots bots whose every request is background work, by app id
 * @param patience background work may join the queue while its moment is within this part of {@code maximum-wait}, above 0
 *     to 1; the rest of the queue is kept for everything else, which also goes before it; 1 makes no difference between them
 */
public record BackgroundSettings(List<String> operations, List<String> bots, double patience) {
    public BackgroundSettings {
        operations = List.copyOf(operations);
        bots = List.copyOf(bots);
        MatchSettings.checkOperations("operations", operations);
        if (!(patience > 0 && patience <= 1)) {
            throw SettingCheck.refused("patience", patience, "above 0 to 1");
        }
    }
}
