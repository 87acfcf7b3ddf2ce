package dev.botgate.audit.access;

import static dev.botgate.failure.SettingCheck.between;

import dev.botgate.audit.SanitizedText;
import dev.botgate.audit.access.AccessRecord.Action;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A search for records of access, newest first. A null filter matches all records; all others must match.
 *
 * @param from the earliest time
 * @param to the time before which they were made
 * @param reader the reader's name
 * @param limit maximum number of records, 1 to {@value EntryQuery#MAX_LIMIT}
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
        between("limit", limit, 1, EntryQuery.MAX_LIMIT);
        reader = SanitizedText.textOrNull(reader);
    }
}
