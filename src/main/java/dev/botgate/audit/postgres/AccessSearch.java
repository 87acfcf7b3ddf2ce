package dev.botgate.audit.postgres;

import dev.botgate.audit.access.AccessQuery;
import dev.botgate.audit.access.AccessRecord;
import dev.botgate.audit.access.AccessRecord.Action;
import dev.botgate.audit.access.AuditReaderIdentity;
import dev.botgate.audit.access.Page;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A query for records of access, as SQL. */
final class AccessSearch {
    private final Keyset keyset;
    private final String sql;

    /** @throws dev.botgate.failure.GatewayException when the cursor is not one that a page had */
    AccessSearch(String schema, AccessQuery query) {
        this.keyset = new Keyset(query.cursor(), false, query.limit(), query.from(), query.to());
        List<String> conditions = new ArrayList<>(keyset.range("at", "id"));
        if (query.reader() != null) {
            String value = keyset.bind(query.reader());
            conditions.add("hashtextextended(reader, 0) = hashtextextended(" + value + ", 0) AND reader = " + value);
        }
        if (query.action() != null) {
            conditions.add("action = " + keyset.bind(query.action().text()));
        }
        this.sql = "SELECT at, id, reader, origin, action, filters, entries, last_entry FROM " + schema + ".access"
                + (conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions))
                + keyset.orderAndLimit("at", "id");
    }

    String sql() {
        return sql;
    }

    Tuple parameters() {
        return keyset.parameters();
    }

    Page<AccessRecord> page(RowSet<Row> rows) {
        List<AccessRecord> accesses = rows.stream().map(AccessSearch::access).toList();
        return keyset.page(accesses, accesses.size(), access -> new Keyset.Key(access.at(), access.id()));
    }

    private static AccessRecord access(Row row) {
        Map<String, String> filters = new LinkedHashMap<>();
        new JsonObject(row.getString("filters"))
                .forEach(filter -> filters.put(filter.getKey(), "" + filter.getValue()));
        return new AccessRecord(
                row.getOffsetDateTime("at").toInstant(),
                row.getUUID("id"),
                new AuditReaderIdentity(row.getString("reader"), row.getString("origin")),
                Action.withText(row.getString("action")).orElseThrow(),
                filters,
                row.getLong("entries"),
                row.getUUID("last_entry"));
    }
}
