package dev.botgate.audit.access;

import static dev.botgate.failure.SettingCheck.between;

import dev.botgate.audit.OutcomeStatus;
import dev.botgate.audit.SanitizedText;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A search for entries. A null or missing filter matches all entries; all others must match.
 *
 * @param from the earliest time of the intent
 * @param to the time before which the intent was made
 * @param having values that the entries must have
 * @param status how far the exchange has come
 * @param bodies whether the recorded bodies come with the entries
 * @param oldestFirst whether the oldest come first
 * @param limit maximum number of entries, 1 to {@value #MAX_LIMIT}; exports may have more
 * @param cursor the {@link Page#next} or {@link Page#previous} of another page; null for the first
 */
public record EntryQuery(
        @Nullable Instant from,
        @Nullable Instant to,
        Map<Subject, String> having,
        @Nullable OutcomeStatus status,
        boolean bodies,
        boolean oldestFirst,
        int limit,
        @Nullable String cursor) {
    /** The largest page that a client may ask for. */
    public static final int MAX_LIMIT = 1_000;

    /** The largest page of an export. */
    static final int MAX_EXPORT_LIMIT = 5_000;

    /** What entries are found by. */
    public enum Subject {
        BOT,
        TENANT,
        /** A conversation in the path, or that was created. */
        CONVERSATION,
        /** An activity in the path, or that was created. */
        ACTIVITY,
        MEMBER,
        /** The recipient of the activity in the body. */
        RECIPIENT,
        /** The id of an {@link dev.botgate.operation.Operation}. */
        OPERATION,
        REQUEST_ID,
        /** The activity that was created, updated or deleted: not one that was replied to. */
        CHANGED_ACTIVITY
    }

    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999Z");

    /** Whether every store can represent {@code time}: the years 1 to 9999. */
    public static boolean isRepresentable(Instant time) {
        return !time.isBefore(EARLIEST) && !time.isAfter(LATEST);
    }

    public EntryQuery {
        between("limit", limit, 1, MAX_EXPORT_LIMIT);
        Map<Subject, String> stored = new EnumMap<>(Subject.class);
        having.forEach((subject, value) -> stored.put(subject, SanitizedText.text(value)));
        having = Map.copyOf(stored);
    }

    /** The newest {@code limit} entries. */
    public static EntryQuery newest(int limit) {
        return new EntryQuery(null, null, Map.of(), null, false, false, limit, null);
    }

    /** Only intents made at {@code earliest} or later. */
    public EntryQuery from(Instant earliest) {
        return new EntryQuery(earliest, to, having, status, bodies, oldestFirst, limit, cursor);
    }

    /** Only intents made before {@code end}. */
    public EntryQuery to(Instant end) {
        return new EntryQuery(from, end, having, status, bodies, oldestFirst, limit, cursor);
    }

    /** Only entries with this value. */
    public EntryQuery having(Subject subject, String value) {
        Map<Subject, String> more = new EnumMap<>(Subject.class);
        more.putAll(having);
        more.put(subject, value);
        return new EntryQuery(from, to, more, status, bodies, oldestFirst, limit, cursor);
    }

    /** Only entries of this status. */
    public EntryQuery withStatus(OutcomeStatus wanted) {
        return new EntryQuery(from, to, having, wanted, bodies, oldestFirst, limit, cursor);
    }

    /** The same entries, with their bodies. */
    public EntryQuery withBodies() {
        return new EntryQuery(from, to, having, status, true, oldestFirst, limit, cursor);
    }

    /** The same entries, the oldest first. */
    public EntryQuery inOldestFirstOrder() {
        return new EntryQuery(from, to, having, status, bodies, true, limit, cursor);
    }

    /** The same entries, at most so many at a time. */
    public EntryQuery limit(int maximum) {
        return new EntryQuery(from, to, having, status, bodies, oldestFirst, maximum, cursor);
    }

    /** The page of a cursor that another page had. */
    public EntryQuery after(String pageCursor) {
        return new EntryQuery(from, to, having, status, bodies, oldestFirst, limit, pageCursor);
    }
}
