package dev.botgate.audit;

import static dev.botgate.failure.SettingCheck.atLeast;
import static dev.botgate.failure.SettingCheck.positive;

import dev.botgate.failure.SettingCheck;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Settings of the file that stands in for PostgreSQL.
 *
 * @param directory where its segments lie; of this gateway alone
 * @param maximumBytes how much may wait there; beyond that requests are refused at once
 * @param segmentBytes how large one file grows before the next is begun
 * @param patience how long PostgreSQL may take for a commit before the journal takes over
 */
public record JournalSettings(Path directory, long maximumBytes, long segmentBytes, Duration patience) {
    public JournalSettings {
        atLeast("segment-bytes", segmentBytes, 4_096);
        if (maximumBytes < 2 * segmentBytes) {
            throw SettingCheck.refused("maximum-bytes", maximumBytes, "at least twice segment-bytes, " + segmentBytes);
        }
        positive("patience", patience);
    }
}
