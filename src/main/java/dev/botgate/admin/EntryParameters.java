package dev.botgate.admin;

import dev.botgate.audit.OutcomeStatus;
import dev.botgate.audit.access.AccessQuery;
import dev.botgate.audit.access.AccessRecord.Action;
import dev.botgate.audit.access.EntryQuery;
import dev.botgate.audit.access.EntryQuery.Subject;
import dev.botgate.operation.Operation;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads the filters of a search from named texts: query parameters, or options of the command line. */
public final class EntryParameters {
    private static final int DEFAULT_LIMIT = 50;
    private static final Map<String, Subject> SUBJECTS = Arrays.stream(Subject.values())
            .filter(subject -> subject != Subject.CHANGED_ACTIVITY)
            .collect(Collectors.toUnmodifiableMap(EntryParameters::name, subject -> subject));

    private EntryParameters() {}

    /**
     * The query that {@code parameters} describe.
     *
     * @throws IllegalArgumentException naming the parameter, and what was expected
     */
    public static EntryQuery query(Map<String, String> parameters) {
        EntryQuery query = EntryQuery.newest(limit(parameters.getOrDefault("limit", Integer.toString(DEFAULT_LIMIT))));
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            query = with(query, parameter.getKey(), parameter.getValue());
        }
        return query;
    }

    /**
     * The query for access records that {@code parameters} describe.
     *
     * @throws IllegalArgumentException naming the parameter, and what was expected
     */
    public static AccessQuery accessQuery(Map<String, String> parameters) {
        Set<String> names = new TreeSet<>(Arrays.asList("from", "to", "reader", "action", "limit", "cursor"));
        for (String name : parameters.keySet()) {
            if (!names.contains(name)) {
                throw unknown(name, names);
            }
        }
        String from = parameters.get("from");
        String to = parameters.get("to");
        String action = parameters.get("action");
        return new AccessQuery(
                from == null ? null : instant("from", from),
                to == null ? null : instant("to", to),
                parameters.get("reader"),
                action == null ? null : action(action),
                limit(parameters.getOrDefault("limit", Integer.toString(DEFAULT_LIMIT))),
                parameters.get("cursor"));
    }

    /**
     * The id of an entry.
     *
     * @throws IllegalArgumentException naming the parameter, and what was expected
     */
    public static UUID id(String name, String value) {
        return uuid(name, value, "the id of an entry, such as 019a8e6e-5a01-7c1b-9d6f-0c9f0a2b8d11");
    }

    static UUID uuid(String name, String value, String expected) {
        try {
            if (value.length() == 36) {
                return UUID.fromString(value);
            }
        } catch (IllegalArgumentException noId) {
            // Falls through to the refusal.
        }
        throw refused(name, value, expected);
    }

    private static Action action(String value) {
        return Action.withText(value).orElseThrow(() -> refused("action", value, oneOf(Action.values(), Action::text)));
    }

    private static <T> String oneOf(T[] values, Function<T, String> text) {
        return Arrays.stream(values).map(text).collect(Collectors.joining(", "));
    }

    private static IllegalArgumentException unknown(String name, Set<String> names) {
        return new IllegalArgumentException(name + " (expected: one of " + String.join(", ", names) + ")");
    }

    private static EntryQuery with(EntryQuery query, String name, String value) {
        Subject subject = SUBJECTS.get(name);
        if (subject != null) {
            return query.having(subject, subject == Subject.OPERATION ? operation(value) : value);
        }
        return switch (name) {
            case "limit" -> query;
            case "from" -> query.from(instant(name, value));
            case "to" -> query.to(instant(name, value));
            case "outcome" -> query.withStatus(status(value));
            case "cursor" -> query.after(value);
            case "body" -> bool(name, value) ? query.withBodies() : query;
            default -> throw unknown(name, names());
        };
    }

    private static Set<String> names() {
        Set<String> names = new TreeSet<>(SUBJECTS.keySet());
        names.addAll(Arrays.asList("limit", "from", "to", "outcome", "cursor", "body"));
        return names;
    }

    private static String name(Subject subject) {
        return subject.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static int limit(String value) {
        try {
            int limit = Integer.parseInt(value);
            if (limit >= 1 && limit <= EntryQuery.MAX_LIMIT) {
                return limit;
            }
        } catch (NumberFormatException noNumber) {
            // Falls through to the refusal.
        }
        throw refused("limit", value, "1 to " + EntryQuery.MAX_LIMIT);
    }

    private static String operation(String value) {
        return Operation.withId(value)
                .map(Operation::id)
                .orElseThrow(() -> refused("operation", value, oneOf(Operation.values(), Operation::id)));
    }

    private static OutcomeStatus status(String value) {
        try {
            return OutcomeStatus.ofText(value);
        } catch (IllegalArgumentException e) {
            throw refused("outcome", value, oneOf(OutcomeStatus.values(), OutcomeStatus::text));
        }
    }

    private static Instant instant(String name, String value) {
        try {
            Instant time = value.length() == 10
                    ? LocalDate.parse(value).atStartOfDay().toInstant(ZoneOffset.UTC)
                    : OffsetDateTime.parse(value).toInstant();
            if (EntryQuery.isRepresentable(time)) {
                return time;
            }
            throw refused(name, value, "a time in the years 1 to 9999");
        } catch (DateTimeParseException noTime) {
            throw refused(name, value, "a time such as 2026-01-31T12:00:00Z, or a day such as 2026-01-31");
        }
    }

    static boolean bool(String name, String value) {
        return switch (value) {
            case "true", "" -> true;
            case "false" -> false;
            default -> throw refused(name, value, "true or false");
        };
    }

    private static IllegalArgumentException refused(String name, String value, String expected) {
        return new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
}
