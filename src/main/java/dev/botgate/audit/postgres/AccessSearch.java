package dev.botgate.audit.postgres;

import dev.botgate.audit.access.AccessPage;
import dev.botgate.audit.access.AccessQuery;
import dev.botgate.audit.access.AccessRecord;
import dev.botgate.audit.access.AccessRecord.Action;
import dev.botgate.audit.access.AuditReaderIdentity;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A query for records of access, as SQL. */
final class AccessSearch {
    private final Keyset keyset;
    private final String sql;

    /** @throws dev.botgate.failure.GatewayException when the cursor is none of ours */
    AccessSearch(String schema, AccessQuery query) {
        this.keyset = new Keyset(query.cursor(), false, query.limit());
        List<String> conditions = new ArrayList<>();
        keyset.range(query.from(), query.to())
                .forEach(condition -> conditions.add(String.format(Locale.ROOT, condition, "at", "id")));
        String reader = query.reader();
        if (reader != null) {
            String value = keyset.bind(reader);
            conditions.add("hashtextextended(reader, 0) = hashtextextended(" + value + ", 0) AND reader = " + value);
        }
        Action action = query.action();
        if (action != null) {
            conditions.add("action = " + keyset.bind(action.text()));
        }
        this.sql = "SELECT at, id, reader, origin, action, filters, entries, last_entry FROM " + schema + ".access"
                + (conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions)) + keyset.order("at", "id")
                + keyset.limit();
    }

    String sql() {
        return sql;
    }

    Tuple parameters() {
        return keyset.parameters();
    }

    AccessPage page(RowSet<Row> rows) {
        List<AccessRecord> accesses = new ArrayList<>(rows.size());
        for (Row row : rows) {
            accesses.add(access(row));
        }
        Keyset.Found<AccessRecord> found = keyset.found(
                accesses,
                access -> new PageCursor(access.at(), access.id(), true),
                access -> new PageCursor(access.at(), access.id(), false));
        return new AccessPage(found.rows(), found.previous(), found.next());
    }

    private static AccessRecord access(Row row) {
        Map<String, String> filters = new LinkedHashMap<>();
        new JsonObject(row.getString("filters"))
                .forEach(filter -> filters.put(filter.getKey(), "" + filter.getValue()));
        return new AccessRecord(
                row.getOffsetDateTime("at").toInstant(),
                row.getUUID("id"),
                new AuditReaderIdentity(row.getString("reader"), row.getString("origin")),
                Action.ofText(row.getString("action")),
                filters,
                row.getLong("entries"),
                row.getUUID("last_entry"));
    }
}
