package dev.botgate.audit.postgres;

import dev.botgate.audit.AuditEntry;
import dev.botgate.audit.OutcomeStatus;
import dev.botgate.audit.access.EntryQuery;
import dev.botgate.audit.access.EntryQuery.Subject;
import dev.botgate.audit.access.Page;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A query as SQL.
 *
 * <p>Conversations and activities are found by the intent, the outcome or what came late. An {@code OR} over the tables would read
 * all of them, so each way is a search of its own, which reads its index in the query's order and stops at the limit;
 * their keys are united, and only then the entries are fetched. What is open is looked for among the few that may be.
 */
final class EntrySearch {
    /** Between a Teams channel's id and that of one of its threads. */
    private static final String THREAD = ";messageid=";

    private final String schema;
    private final EntryQuery query;
    private final long mostBytes;
    private final Keyset keyset;
    private final String sql;

    /**
     * A page of what {@code query} asks for.
     *
     * @param mostBytes where bodies come with the entries: a page ends before they are more, but has one entry at least
     * @throws dev.botgate.failure.GatewayException when the cursor is none of ours
     */
    EntrySearch(String schema, EntryQuery query, long mostBytes) {
        this.schema = schema;
        this.query = query;
        this.mostBytes = mostBytes;
        this.keyset = new Keyset(query.cursor(), query.oldestFirst(), query.limit(), query.from(), query.to());
        List<List<String>> ways = ways();
        boolean plain = ways.size() == 1 && query.status() == null && !query.bodies();
        this.sql = plain ? straight(ways.get(0)) : byKeys(ways);
    }

    String sql() {
        return sql;
    }

    Tuple parameters() {
        return keyset.parameters();
    }

    Page<AuditEntry> page(RowSet<Row> rows) {
        List<AuditEntry> entries = rows.stream().map(EntryRow::entry).toList();
        int found = query.bodies() && rows.size() > 0 ? rows.iterator().next().getInteger("found") : entries.size();
        return keyset.page(
                entries,
                found,
                entry -> new Keyset.Key(
                        entry.intent().exchange().at(),
                        entry.intent().exchange().id()));
    }

    /** Where the intent tells all: one scan of intents in order, beside one of outcomes. */
    private String straight(List<String> way) {
        return "SELECT " + EntryRow.columns(schema, query.bodies()) + " FROM " + schema + ".intent i LEFT JOIN "
                + schema
                + ".outcome o ON "
                + String.join(" AND ", with(List.of(joint()), keyset.range("o.intent_at", "o.intent_id")))
                + where(with(way, keyset.range("i.at", "i.id"))) + keyset.orderAndLimit("i.at", "i.id");
    }

    private String byKeys(List<List<String>> ways) {
        String keys = ways.stream().map(way -> "(" + keys(way) + ")").collect(Collectors.joining(" UNION "));
        String page = "SELECT at, id FROM (" + keys + ") AS found" + keyset.orderAndLimit("at", "id");
        return "SELECT " + EntryRow.columns(schema, query.bodies()) + (query.bodies() ? ", k.found" : "") + " FROM ("
                + (query.bodies() ? fitting(page) : page) + ") AS k JOIN " + schema
                + ".intent i ON i.at = k.at AND i.id = k.id LEFT JOIN " + schema
                + ".outcome o ON o.intent_at = k.at AND o.intent_id = k.id" + keyset.orderBy("k.at", "k.id");
    }

    /** As many as have bodies that fit, beside how many were found. The length is known without reading the body. */
    private String fitting(String page) {
        return "SELECT at, id, found FROM (SELECT p.at, p.id, (count(*) OVER ())::int AS found, row_number() OVER w AS n,"
                + " sum(coalesce(octet_length(b.body), 0)) OVER w AS bytes FROM (" + page + ") AS p JOIN " + schema
                + ".intent b ON b.at = p.at AND b.id = p.id WINDOW w AS ("
                + keyset.orderBy("p.at", "p.id").strip()
                + " ROWS UNBOUNDED PRECEDING)) AS measured WHERE n = 1 OR bytes <= " + mostBytes;
    }

    private static String joint() {
        return "o.intent_at = i.at AND o.intent_id = i.id";
    }

    private static String where(List<String> conditions) {
        return conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
    }

    /** The conditions on subjects and state, in each way in which they can hold. */
    private List<List<String>> ways() {
        List<List<String>> ways = List.of(List.of());
        for (Map.Entry<Subject, String> having : query.having().entrySet()) {
            ways = each(ways, alternatives(having.getKey(), having.getValue(), keyset.bind(having.getValue())));
        }
        return ways;
    }

    private List<String> alternatives(Subject subject, String given, String value) {
        String column = subject.name().toLowerCase(Locale.ROOT);
        return switch (subject) {
            case OPERATION -> List.of("i.operation = " + value);
            case BOT, TENANT, MEMBER, RECIPIENT, REQUEST_ID -> List.of(equal("i", column, value));
            case ACTIVITY -> fromAny(equal("i", column, value), table -> equal(table, column, value));
            case CONVERSATION -> conversation(given, value);
            case CHANGED_ACTIVITY ->
                fromAny(
                        equal("i", "activity", value) + " AND i.operation IN ('UpdateActivity', 'DeleteActivity')",
                        table -> equal(table, "activity", value));
        };
    }

    /** What may be the id of a Teams channel stands for its threads too, as for holds. */
    private List<String> conversation(String given, String value) {
        List<String> exact = fromAny(equal("i", "conversation", value), table -> equal(table, "conversation", value));
        return given.contains(THREAD)
                ? exact
                : with(exact, fromAny(threadOf("i", value), table -> threadOf(table, value)));
    }

    private List<String> fromAny(String intent, UnaryOperator<String> ofOthers) {
        return query.status() == OutcomeStatus.OPEN
                ? List.of(intent)
                : List.of(intent, ofOthers.apply("o"), ofOthers.apply("l"));
    }

    private static List<List<String>> each(List<List<String>> ways, List<String> alternatives) {
        return alternatives.stream()
                .flatMap(alternative -> ways.stream().map(way -> with(way, List.of(alternative))))
                .toList();
    }

    private static List<String> with(List<String> some, List<String> others) {
        return Stream.concat(some.stream(), others.stream()).toList();
    }

    private static String equal(String table, String column, String value) {
        return same(table + "." + column, value);
    }

    /** By the indexes of threads, whose condition this repeats. */
    private static String threadOf(String table, String value) {
        return "strpos(" + table + ".conversation, '" + THREAD + "') > 0 AND "
                + same("split_part(" + table + ".conversation, '" + THREAD + "', 1)", value);
    }

    /** By the index of hashes. The CASE hides from the planner what it would count as a second, independent condition. */
    private static String same(String expression, String value) {
        return "hashtextextended(" + expression + ", 0) = hashtextextended(" + value + ", 0) AND CASE WHEN "
                + expression + " = " + value + " THEN true END";
    }

    /** One way to the keys, from the table that leads to few rows, or to the rows in order. */
    private String keys(List<String> way) {
        OutcomeStatus status = query.status();
        List<String> conditions = new ArrayList<>(way);
        boolean late = way.stream().anyMatch(condition -> condition.contains("(l."));
        boolean ofOutcome = late || way.stream().anyMatch(condition -> condition.contains("(o."));
        if (status == OutcomeStatus.OPEN) {
            conditions.add("NOT " + exists(""));
            return keysOfOpen(conditions);
        } else if (status == OutcomeStatus.SUCCEEDED && !ofOutcome) {
            conditions.add(exists(" AND " + closed(status)));
        } else if (status != null) {
            conditions.add(closed(status));
            return way.isEmpty() ? keysOfOutcomes(conditions) : keysOfBoth(conditions, late);
        }
        return ofOutcome ? keysOfBoth(conditions, late) : keysOfIntents(conditions);
    }

    private static String closed(OutcomeStatus status) {
        return "o.close = '" + status.text() + "'";
    }

    /** OFFSET 0 keeps it a check of each intent in turn: as a join the planner thinks that it leaves next to nothing. */
    private String exists(String condition) {
        return "EXISTS (SELECT FROM " + schema + ".outcome o WHERE o.intent_at = i.at AND o.intent_id = i.id"
                + condition + " OFFSET 0)";
    }

    private String keysOfIntents(List<String> conditions) {
        return "SELECT i.at, i.id FROM " + schema + ".intent i" + where(with(conditions, keyset.range("i.at", "i.id")))
                + keyset.orderAndLimit("i.at", "i.id");
    }

    /**
     * What is open is of a run that lives or has died lately, and lies beyond what that run has certainly closed. The upper
     * bound is none, but tells the planner that this leaves little; each OFFSET 0 keeps it to this order.
     */
    private String keysOfOpen(List<String> conditions) {
        return "SELECT i.at, i.id FROM (SELECT recent.* FROM " + schema + ".gateway_run b, LATERAL (SELECT * FROM "
                + schema
                + ".intent r WHERE r.run = b.run AND r.sequence >= greatest(b.open_sequence, b.closed_below)"
                + " AND r.sequence < greatest(b.open_sequence, b.closed_below) + 1000000000000"
                + keyset.range("r.at", "r.id").stream().map(" AND "::concat).collect(Collectors.joining())
                + " OFFSET 0) AS recent WHERE b.finished_at IS NULL OFFSET 0) AS i" + where(conditions)
                + keyset.orderAndLimit("i.at", "i.id");
    }

    /** An outcome whose intent is not there takes no place of the page. OFFSET 0 as in {@link #exists}. */
    private String keysOfOutcomes(List<String> conditions) {
        String hasIntent =
                "EXISTS (SELECT FROM " + schema + ".intent i WHERE i.at = o.intent_at AND i.id = o.intent_id OFFSET 0)";
        return "SELECT o.intent_at AS at, o.intent_id AS id FROM " + schema + ".outcome o"
                + where(with(with(conditions, List.of(hasIntent)), keyset.range("o.intent_at", "o.intent_id")))
                + keyset.orderAndLimit("o.intent_at", "o.intent_id");
    }

    /** What is late is of an exchange that has an outcome too, and may be there more than once. */
    private String keysOfBoth(List<String> conditions, boolean late) {
        String join = late ? " JOIN " + schema + ".late_outcome l ON l.intent_at = i.at AND l.intent_id = i.id" : "";
        List<String> lateRange = late ? keyset.range("l.intent_at", "l.intent_id") : List.of();
        return "SELECT " + (late ? "DISTINCT " : "") + "i.at, i.id FROM " + schema + ".intent i JOIN " + schema
                + ".outcome o ON " + joint() + join
                + where(with(
                        with(
                                with(conditions, keyset.range("i.at", "i.id")),
                                keyset.range("o.intent_at", "o.intent_id")),
                        lateRange))
                + keyset.orderAndLimit("i.at", "i.id");
    }
}
