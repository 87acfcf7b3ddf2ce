package dev.botgate.audit.access;

import dev.botgate.audit.SanitizedText;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A record that somebody read the trail, changed legal holds, or was refused, or that a month was dropped.
 *
 * @param at when, in whole microseconds
 * @param filters what was asked for, by the names of the parameters
 * @param entries of an export that has ended: how many were exported; of refusals: how many there were in a row
 * @param last of an export that has ended: the last entry that was exported
 */
public record AccessRecord(
        Instant at,
        UUID id,
        AuditReaderIdentity reader,
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
        HOLD_LIST,
        HOLD_ADD,
        HOLD_REMOVE,
        /** An expired month was dropped. */
        DROP,
        /** A request with a wrong token, or for the trail with a token of another role. */
        REFUSED;

        /** The name in the trail, such as {@code hold-add}. */
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** The action whose {@link #text} this is. */
        public static Optional<Action> withText(String text) {
            return Arrays.stream(values())
                    .filter(action -> action.text().equals(text))
                    .findFirst();
        }
    }

    public AccessRecord {
        at = at.truncatedTo(ChronoUnit.MICROS);
        Map<String, String> sanitized = new TreeMap<>();
        filters.forEach((name, value) -> sanitized.put(SanitizedText.text(name), SanitizedText.text(value)));
        filters = Map.copyOf(sanitized);
    }

    /** A record without a number of entries. */
    public static AccessRecord of(Instant at, AuditReaderIdentity reader, Action action, Map<String, String> filters) {
        return new AccessRecord(at, UUID.randomUUID(), reader, action, filters, null, null);
    }

    /** The same with a number of entries, and the last one of them. */
    public AccessRecord with(long entries, @Nullable UUID last) {
        return new AccessRecord(at, id, reader, action, filters, entries, last);
    }
}
