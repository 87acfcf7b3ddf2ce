package dev.botgate.audit.access;

import dev.botgate.audit.SanitizedText;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A record of somebody's asking for the trail.
 *
 * @param at when, in whole microseconds
 * @param filters what was asked for, by the names of the parameters
 * @param entries of an export that has ended: how many went out; of refusals: how many there were in a row
 * @param last of an export that has ended: the last entry that went out
 */
public record AccessRecord(
        Instant at,
        UUID id,
        AuditReaderIdentity visitor,
        Action action,
        Map<String, String> filters,
        @Nullable Long entries,
        @Nullable UUID last) {
    /** What was done. */
    public enum Action {
        SEARCH,
        SHOW,
        HISTORY,
        EXPORT,
        /** The end of an export, early or not. */
        EXPORT_END,
        /** A search of these records. */
        ACCESS,
        /** A list of legal holds. */
        HOLD_LIST,
        HOLD_ADD,
        HOLD_REMOVE,
        /** A month was dropped because it had expired. */
        DROP,
        /** A request with a wrong token, or for the trail with one of another role. */
        REFUSED;

        /** How the trail writes it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** What {@link #text} wrote. */
        public static Action ofText(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
        }
    }

    public AccessRecord {
        at = at.truncatedTo(ChronoUnit.MICROS);
        Map<String, String> stored = new TreeMap<>();
        filters.forEach((name, value) -> stored.put(SanitizedText.text(name), SanitizedText.text(value)));
        filters = Map.copyOf(stored);
    }

    /** A record of what begins now. */
    public static AccessRecord of(Instant at, AuditReaderIdentity visitor, Action action, Map<String, String> filters) {
        return new AccessRecord(at, UUID.randomUUID(), visitor, action, filters, null, null);
    }

    /** The same with a number of entries, and the last one of them. */
    public AccessRecord with(long entries, @Nullable UUID last) {
        return new AccessRecord(at, id, visitor, action, filters, entries, last);
    }
}
