package dev.botgate.audit.postgres;

import dev.botgate.audit.EntryQuery;
import dev.botgate.audit.EntryQuery.Subject;
import dev.botgate.audit.State;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A query as SQL.
 *
 * <p>Conversations and activities are found by the intent or by the outcome. An {@code OR} over both tables would read
 * all of both, so each way is a search of its own, which reads its index newest first and stops at the limit; their
 * keys are united, and only then the entries are fetched.
 */
final class EntrySearch {
    private final String schema;
    private final EntryQuery query;
    private final Tuple parameters = Tuple.tuple();
    private final String sql;

    EntrySearch(String schema, EntryQuery query) {
        this.schema = schema;
        this.query = query;
        this.sql = wholeSql();
    }

    String sql() {
        return sql;
    }

    Tuple parameters() {
        return parameters;
    }

    private String wholeSql() {
        String limit = bind(query.limit() + 1);
        String range = range();
        String keys =
                ways().stream().map(way -> "(" + keys(way, range, limit) + ")").collect(Collectors.joining(" UNION "));
        return "SELECT " + EntryRow.columns(schema, query.bodies()) + " FROM (SELECT at, id FROM (" + keys
                + ") AS found ORDER BY at DESC, id DESC LIMIT " + limit + ") AS k JOIN " + schema
                + ".intent i ON i.at = k.at AND i.id = k.id LEFT JOIN " + schema
                + ".outcome o ON o.intent_at = k.at AND o.intent_id = k.id ORDER BY k.at DESC, k.id DESC";
    }

    /** The range of keys, with {@code %1$s} for the column of the time and {@code %2$s} for that of the id. */
    private String range() {
        List<String> conditions = new ArrayList<>();
        Instant from = query.from();
        if (from != null) {
            conditions.add("%1$s >= " + bind(from));
        }
        Instant to = query.to();
        if (to != null) {
            conditions.add("%1$s < " + bind(to));
        }
        String text = query.cursor();
        if (text != null) {
            Cursor cursor = Cursor.ofText(text);
            String at = bind(cursor.at());
            // The first of the two tells the planner which partitions are meant.
            conditions.add("%1$s <= " + at);
            conditions.add("(%1$s, %2$s) < (" + at + ", " + bind(cursor.id()) + ")");
        }
        return String.join(" AND ", conditions);
    }

    /** The conditions on the subjects, in each way in which they can hold. */
    private List<List<String>> ways() {
        List<List<String>> ways = List.of(List.of());
        for (Map.Entry<Subject, String> having : query.having().entrySet()) {
            String value = bind(having.getValue());
            List<String> alternatives = new ArrayList<>();
            String column = having.getKey().name().toLowerCase(Locale.ROOT);
            alternatives.add(equal("i", column, value));
            if (comesOfExchange(having.getKey()) && query.state() != State.OPEN) {
                alternatives.add(equal("o", column, value));
            }
            List<List<String>> before = ways;
            ways = alternatives.stream()
                    .flatMap(alternative -> before.stream().map(way -> with(way, alternative)))
                    .toList();
        }
        return ways;
    }

    private static boolean comesOfExchange(Subject subject) {
        return subject == Subject.CONVERSATION || subject == Subject.ACTIVITY;
    }

    private static List<String> with(List<String> way, String condition) {
        List<String> longer = new ArrayList<>(way);
        longer.add(condition);
        return longer;
    }

    /** By the index of hashes. The CASE hides from the planner what it would count as a second, independent condition. */
    private static String equal(String table, String column, String value) {
        String qualified = table + "." + column;
        return column.equals("operation")
                ? qualified + " = " + value
                : "hashtextextended(" + qualified + ", 0) = hashtextextended(" + value + ", 0) AND CASE WHEN "
                        + qualified + " = " + value + " THEN true END";
    }

    /** One way to the keys, from the table that leads to few rows, or to the newest rows in order. */
    private String keys(List<String> way, String range, String limit) {
        State state = query.state();
        List<String> conditions = new ArrayList<>(way);
        boolean ofOutcome = way.stream().anyMatch(condition -> condition.contains("(o."));
        if (state == State.OPEN) {
            conditions.add("NOT " + exists(""));
        } else if (state == State.SUCCEEDED && !ofOutcome) {
            conditions.add(exists(" AND " + closed(state)));
        } else if (state != null) {
            conditions.add(closed(state));
            return way.isEmpty() ? keysOfOutcomes(conditions, range, limit) : keysOfBoth(conditions, range, limit);
        }
        return ofOutcome ? keysOfBoth(conditions, range, limit) : keysOfIntents(conditions, range, limit);
    }

    private static String closed(State state) {
        return "o.close = '" + state.text() + "'";
    }

    /** OFFSET 0 keeps it a check of each intent in turn: as a join the planner thinks that it leaves next to nothing. */
    private String exists(String condition) {
        return "EXISTS (SELECT FROM " + schema + ".outcome o WHERE o.intent_at = i.at AND o.intent_id = i.id"
                + condition + " OFFSET 0)";
    }

    private String keysOfIntents(List<String> conditions, String range, String limit) {
        return "SELECT i.at, i.id FROM " + schema + ".intent i"
                + where(conditions, String.format(range, "i.at", "i.id"))
                + " ORDER BY i.at DESC, i.id DESC LIMIT " + limit;
    }

    private String keysOfOutcomes(List<String> conditions, String range, String limit) {
        return "SELECT o.intent_at AS at, o.intent_id AS id FROM " + schema + ".outcome o"
                + where(conditions, String.format(range, "o.intent_at", "o.intent_id"))
                + " ORDER BY o.intent_at DESC, o.intent_id DESC LIMIT " + limit;
    }

    private String keysOfBoth(List<String> conditions, String range, String limit) {
        return "SELECT i.at, i.id FROM " + schema + ".intent i JOIN " + schema
                + ".outcome o ON o.intent_at = i.at AND o.intent_id = i.id"
                + where(
                        conditions,
                        String.format(range, "i.at", "i.id"),
                        String.format(range, "o.intent_at", "o.intent_id"))
                + " ORDER BY i.at DESC, i.id DESC LIMIT " + limit;
    }

    private static String where(List<String> conditions, String... more) {
        String all = Stream.concat(conditions.stream(), Stream.of(more))
                .filter(condition -> !condition.isEmpty())
                .collect(Collectors.joining(" AND "));
        return all.isEmpty() ? "" : " WHERE " + all;
    }

    private String bind(Object value) {
        Object sent = value instanceof Instant instant ? instant.atOffset(ZoneOffset.UTC) : value;
        parameters.addValue(sent);
        return "$" + parameters.size();
    }
}
