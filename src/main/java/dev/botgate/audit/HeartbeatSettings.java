package dev.botgate.audit;

import static dev.botgate.failure.SettingCheck.notNegative;
import static dev.botgate.failure.SettingCheck.positive;

import dev.botgate.failure.SettingCheck;
import java.time.Duration;

/**
 * When a gateway counts as dead, so that the others close what it left open.
 *
 * <p>What a dead gateway left open is closed within {@code deadAfter} and two intervals; where it had a journal, after
 * {@code journalGrace} in addition.
 *
 * @param interval how often a gateway tells that it lives, and looks after the others
 * @param deadAfter how long another gateway must be seen to be silent
 * @param journalGrace how much longer one is waited for that may have outcomes in its journal, and may come back with them
 */
public record HeartbeatSettings(Duration interval, Duration deadAfter, Duration journalGrace) {
    public HeartbeatSettings {
        positive("interval", interval);
        if (deadAfter.compareTo(interval.multipliedBy(2)) < 0) {
            throw SettingCheck.refused("dead-after", deadAfter, "at least twice interval, " + interval);
        }
        notNegative("journal-grace", journalGrace);
    }
}
