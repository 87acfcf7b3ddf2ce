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
 * A query for entries, as SQL.
 *
 * <p>A conversation or an activity may be named by the intent, the outcome or a late outcome. An {@code OR} over the tables
 * would read all of them, so each alternative is a search of its own, which reads its index in the query's order and stops at
 * the limit. Their keys are united, and only then the entries are fetched. Open exchanges are sought among those of runs that
 * may have some.
 */
final class EntrySearch {
    /** Between a Teams channel's id and that of one of its threads. */
    private static final String THREAD = ";messageid=";

    private final String schema;
    private final EntryQuery query;
    private final long maxBytes;
    private final Keyset keyset;
    private final String sql;

    /**
     * A page of what {@code query} asks for.
     *
     * @param maxBytes a page with bodies ends before they are more, but has one entry at least
     * @throws dev.botgate.failure.GatewayException when the cursor is not one that a page had
     */
    EntrySearch(String schema, EntryQuery query, long maxBytes) {
        this.schema = schema;
        this.query = query;
        this.maxBytes = maxBytes;
        this.keyset = new Keyset(query.cursor(), query.oldestFirst(), query.limit(), query.from(), query.to());
        List<List<String>> alternatives = alternatives();
        boolean plain = alternatives.size() == 1 && query.status() == null && !query.bodies();
        this.sql = plain ? ofIntents(alternatives.get(0)) : byKeys(alternatives);
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

    /** For conditions on intents alone: one scan of intents in order, joined with one of outcomes. */
    private String ofIntents(List<String> alternative) {
        return "SELECT " + EntryRow.columns(schema, query.bodies()) + " FROM " + schema + ".intent i LEFT JOIN "
                + schema
                + ".outcome o ON "
                + String.join(" AND ", with(List.of(joint()), keyset.range("o.intent_at", "o.intent_id")))
                + where(with(alternative, keyset.range("i.at", "i.id"))) + keyset.orderAndLimit("i.at", "i.id");
    }

    private String byKeys(List<List<String>> alternatives) {
        String keys = alternatives.stream()
                .map(alternative -> "(" + keys(alternative) + ")")
                .collect(Collectors.joining(" UNION "));
        String page = "SELECT at, id FROM (" + keys + ") AS found" + keyset.orderAndLimit("at", "id");
        return "SELECT " + EntryRow.columns(schema, query.bodies()) + (query.bodies() ? ", k.found" : "") + " FROM ("
                + (query.bodies() ? fitting(page) : page) + ") AS k JOIN " + schema
                + ".intent i ON i.at = k.at AND i.id = k.id LEFT JOIN " + schema
                + ".outcome o ON o.intent_at = k.at AND o.intent_id = k.id" + keyset.orderBy("k.at", "k.id");
    }

    /** The keys of the entries whose bodies fit, and how many were found. PostgreSQL knows a body's length without reading it. */
    private String fitting(String page) {
        return "SELECT at, id, found FROM (SELECT p.at, p.id, (count(*) OVER ())::int AS found, row_number() OVER w AS n,"
                + " sum(coalesce(octet_length(b.body), 0)) OVER w AS bytes FROM (" + page + ") AS p JOIN " + schema
                + ".intent b ON b.at = p.at AND b.id = p.id WINDOW w AS ("
                + keyset.orderBy("p.at", "p.id").strip()
                + " ROWS UNBOUNDED PRECEDING)) AS measured WHERE n = 1 OR bytes <= " + maxBytes;
    }

    private static String joint() {
        return "o.intent_at = i.at AND o.intent_id = i.id";
    }

    private static String where(List<String> conditions) {
        return conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
    }

    /** The conditions on subjects: each list is one alternative. */
    private List<List<String>> alternatives() {
        List<List<String>> alternatives = List.of(List.of());
        for (Map.Entry<Subject, String> having : query.having().entrySet()) {
            alternatives = combined(
                    alternatives, conditions(having.getKey(), having.getValue(), keyset.bind(having.getValue())));
        }
        return alternatives;
    }

    private List<String> conditions(Subject subject, String given, String value) {
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

    /** The id of a Teams channel finds its threads too, as a hold covers them. */
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

    private static List<List<String>> combined(List<List<String>> alternatives, List<String> conditions) {
        return conditions.stream()
                .flatMap(condition -> alternatives.stream().map(alternative -> with(alternative, List.of(condition))))
                .toList();
    }

    private static List<String> with(List<String> some, List<String> others) {
        return Stream.concat(some.stream(), others.stream()).toList();
    }

    private static String equal(String table, String column, String value) {
        return same(table + "." + column, value);
    }

    /** By the indexes of threads, whose conditions this repeats. */
    private static String threadOf(String table, String value) {
        return "strpos(" + table + ".conversation, '" + THREAD + "') > 0 AND "
                + same("split_part(" + table + ".conversation, '" + THREAD + "', 1)", value);
    }

    /** By the index of hashes. The CASE hides from the planner what it would count as a second, independent condition. */
    private static String same(String expression, String value) {
        return "hashtextextended(" + expression + ", 0) = hashtextextended(" + value + ", 0) AND CASE WHEN "
                + expression + " = " + value + " THEN true END";
    }

    /** The keys of one alternative, from the table that has few such rows, or has them in order. */
    private String keys(List<String> alternative) {
        OutcomeStatus status = query.status();
        List<String> conditions = new ArrayList<>(alternative);
        boolean late = alternative.stream().anyMatch(condition -> condition.contains("(l."));
        boolean ofOutcome = late || alternative.stream().anyMatch(condition -> condition.contains("(o."));
        if (status == OutcomeStatus.OPEN) {
            conditions.add("NOT " + exists(""));
            return keysOfOpen(conditions);
        } else if (status == OutcomeStatus.SUCCEEDED && !ofOutcome) {
            conditions.add(exists(" AND " + closed(status)));
        } else if (status != null) {
            conditions.add(closed(status));
            return alternative.isEmpty() ? keysOfOutcomes(conditions) : keysOfBoth(conditions, late);
        }
        return ofOutcome ? keysOfBoth(conditions, late) : keysOfIntents(conditions);
    }

    private static String closed(OutcomeStatus status) {
        return "o.close = '" + status.text() + "'";
    }

    /** OFFSET 0 keeps it a check of each intent: the planner would underestimate the rows of a join. */
    private String exists(String condition) {
        return "EXISTS (SELECT FROM " + schema + ".outcome o WHERE o.intent_at = i.at AND o.intent_id = i.id"
                + condition + " OFFSET 0)";
    }

    private String keysOfIntents(List<String> conditions) {
        return "SELECT i.at, i.id FROM " + schema + ".intent i" + where(with(conditions, keyset.range("i.at", "i.id")))
                + keyset.orderAndLimit("i.at", "i.id");
    }

    /**
     * Open exchanges belong to runs that live or died lately, and lie beyond what is certainly closed of these. The upper bound
     * is never reached, but shows the planner that few rows are left; each OFFSET 0 keeps it to this order.
     */
    private String keysOfOpen(List<String> conditions) {
        return "SELECT i.at, i.id FROM (SELECT recent.* FROM " + schema + ".gateway_run g, LATERAL (SELECT * FROM "
                + schema
                + ".intent r WHERE r.run = g.run AND r.sequence >= greatest(g.open_sequence, g.closed_below)"
                + " AND r.sequence < greatest(g.open_sequence, g.closed_below) + 1000000000000"
                + keyset.range("r.at", "r.id").stream().map(" AND "::concat).collect(Collectors.joining())
                + " OFFSET 0) AS recent WHERE g.finished_at IS NULL OFFSET 0) AS i" + where(conditions)
                + keyset.orderAndLimit("i.at", "i.id");
    }

    /** An outcome whose intent is missing takes no place in the page. OFFSET 0 as in {@link #exists}. */
    private String keysOfOutcomes(List<String> conditions) {
        String hasIntent =
                "EXISTS (SELECT FROM " + schema + ".intent i WHERE i.at = o.intent_at AND i.id = o.intent_id OFFSET 0)";
        return "SELECT o.intent_at AS at, o.intent_id AS id FROM " + schema + ".outcome o"
                + where(with(with(conditions, List.of(hasIntent)), keyset.range("o.intent_at", "o.intent_id")))
                + keyset.orderAndLimit("o.intent_at", "o.intent_id");
    }

    /** An exchange with a late outcome has an outcome too, and may have several late ones. */
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
