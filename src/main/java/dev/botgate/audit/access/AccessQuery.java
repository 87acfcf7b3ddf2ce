package dev.botgate.audit.access;

import static dev.botgate.failure.SettingCheck.between;

import dev.botgate.audit.SanitizedText;
import dev.botgate.audit.access.AccessRecord.Action;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which records of access are asked for, newest first. What is null does not matter; everything else must hold.
 *
 * @param from the earliest time
 * @param to the time before which they were made
 * @param reader the name of who read
 * @param limit how many at most, 1 to {@value EntryQuery#MAXIMUM_LIMIT}
 * @param cursor the {@link Page#next} or {@link Page#previous} of another page; null for the first
 */
public record AccessQuery(
        @Nullable Instant from,
        @Nullable Instant to,
        @Nullable String reader,
        @Nullable Action action,
        int limit,
        @Nullable String cursor) {
    public AccessQuery {
        between("limit", limit, 1, EntryQuery.MAXIMUM_LIMIT);
        reader = SanitizedText.textOrNull(reader);
    }
}
