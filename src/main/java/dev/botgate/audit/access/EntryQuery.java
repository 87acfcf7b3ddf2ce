package dev.botgate.audit.access;

import static dev.botgate.failure.SettingCheck.between;

import dev.botgate.audit.OutcomeStatus;
import dev.botgate.audit.SanitizedText;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which entries are asked for, newest first unless told otherwise. What is null or missing does not matter; everything
 * else must hold.
 *
 * @param from the earliest time of the intent
 * @param to the time before which the intent was made
 * @param having what the entries are about
 * @param status how far the exchange has come
 * @param bodies whether the recorded bodies come with the entries
 * @param oldestFirst whether the oldest come first
 * @param limit how many at most, 1 to {@value #MAXIMUM_LIMIT}, and more for exports alone
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
    /** What may be asked for. */
    public static final int MAXIMUM_LIMIT = 1_000;

    /** What an export takes at once. */
    static final int LARGEST_PAGE = 5_000;

    /** What an entry can be about. */
    public enum Subject {
        BOT,
        TENANT,
        /** The conversation that the path names, or that came of the exchange. */
        CONVERSATION,
        /** The activity that the path names, or that came of the exchange. */
        ACTIVITY,
        MEMBER,
        /** To whom the activity in the body goes. */
        RECIPIENT,
        /** The id of an {@link dev.botgate.operation.Operation}. */
        OPERATION,
        REQUEST_ID,
        /** The activity that came of the exchange, or that it updates or deletes: not one that it replies to. */
        CHANGED_ACTIVITY
    }

    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999Z");

    /** Whether every store knows {@code time}: the years 1 to 9999. */
    public static boolean isKnown(Instant time) {
        return !time.isBefore(EARLIEST) && !time.isAfter(LATEST);
    }

    public EntryQuery {
        between("limit", limit, 1, LARGEST_PAGE);
        Map<Subject, String> stored = new EnumMap<>(Subject.class);
        having.forEach((subject, value) -> stored.put(subject, SanitizedText.text(value)));
        having = Map.copyOf(stored);
    }

    /** The newest {@code limit} entries, whatever they are. */
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

    /** Only entries that are about {@code value}. */
    public EntryQuery having(Subject subject, String value) {
        Map<Subject, String> more = new EnumMap<>(Subject.class);
        more.putAll(having);
        more.put(subject, value);
        return new EntryQuery(from, to, more, status, bodies, oldestFirst, limit, cursor);
    }

    /** Only entries of this status. */
    public EntryQuery in(OutcomeStatus wanted) {
        return new EntryQuery(from, to, having, wanted, bodies, oldestFirst, limit, cursor);
    }

    /** The same entries, with their bodies. */
    public EntryQuery withBodies() {
        return new EntryQuery(from, to, having, status, true, oldestFirst, limit, cursor);
    }

    /** The same entries, the oldest first. */
    public EntryQuery fromTheOldest() {
        return new EntryQuery(from, to, having, status, bodies, true, limit, cursor);
    }

    /** The same entries, {@code most} at a time. */
    public EntryQuery limit(int most) {
        return new EntryQuery(from, to, having, status, bodies, oldestFirst, most, cursor);
    }

    /** The page before or after the one that gave {@code next}. */
    public EntryQuery after(String next) {
        return new EntryQuery(from, to, having, status, bodies, oldestFirst, limit, next);
    }
}
