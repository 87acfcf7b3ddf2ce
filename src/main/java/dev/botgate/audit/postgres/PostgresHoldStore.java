package dev.botgate.audit.postgres;

import dev.botgate.audit.access.HoldStore;
import dev.botgate.audit.access.LegalHold;
import dev.botgate.audit.access.LegalHold.Subject;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The legal holds, as append-only records; each call opens a connection of its own. */
public final class PostgresHoldStore implements HoldStore {
    private static final String LIST =
            """
            SELECT a.id, a.at, a.subject, a.value, a.reason, a.changed_by,
              r.at AS removed_at, r.reason AS removed_reason, r.changed_by AS removed_by
            FROM %1$s.hold a LEFT JOIN %1$s.hold r ON r.id = a.id AND r.change = 'removed'
            WHERE a.change = 'added' AND ($1 OR r.id IS NULL) ORDER BY a.at, a.id
            """;

    /** {@code drop_month} takes the same lock: either it finds the hold, or it has dropped the month before. */
    private static final String ADD =
            """
            WITH locked AS (SELECT pg_advisory_xact_lock(hashtextextended('botgate holds of ' || $7, 0)))
            INSERT INTO %1$s.hold (id, change, at, subject, value, reason, changed_by)
            SELECT $1, 'added', $2, $3, $4, $5, $6 FROM locked
            """;

    private static final String REMOVE =
            """
            INSERT INTO %1$s.hold (id, change, at, subject, value, reason, changed_by)
            SELECT id, 'removed', $2, subject, value, $3, $4 FROM %1$s.hold_in_effect WHERE id = $1
            ON CONFLICT DO NOTHING
            """;

    /** An entry may be covered several times. */
    private static final String COVERED =
            """
            SELECT count(*) FROM (SELECT DISTINCT at, id FROM %s.covered_entries($1, $2, '-infinity', 'infinity')) AS covered
            """;

    private static final int COUNT_SECONDS = 30;

    private final Vertx vertx;
    private final DatabaseAddress address;
    private final InstantSource clock;

    public PostgresHoldStore(Vertx vertx, DatabaseAddress address, InstantSource clock) {
        this.vertx = vertx;
        this.address = address;
        this.clock = clock;
    }

    @Override
    public Future<LegalHold> add(Subject subject, String value, String reason, String by) {
        // PostgreSQL stores microseconds.
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        LegalHold hold = new LegalHold(UUID.randomUUID(), now, subject, value, reason, by, null);
        return query(
                        ADD,
                        Tuple.of(
                                hold.id(),
                                hold.at().atOffset(ZoneOffset.UTC),
                                hold.subject().text(),
                                hold.value(),
                                hold.reason(),
                                hold.addedBy(),
                                address.settings().schema()))
                .map(hold);
    }

    @Override
    public Future<Boolean> remove(UUID id, String reason, String by) {
        return query(REMOVE, Tuple.of(id, clock.instant().atOffset(ZoneOffset.UTC), reason, by))
                .map(rows -> rows.rowCount() > 0);
    }

    @Override
    public Future<List<LegalHold>> list(boolean removed) {
        return query(LIST, Tuple.of(removed))
                .map(rows -> rows.stream().map(row -> hold(row, removal(row))).toList());
    }

    @Override
    public Future<Long> countCovered(Subject subject, String value) {
        return address.connect(vertx, "botgate holds").compose(connection -> connection
                .query("SET statement_timeout = '" + COUNT_SECONDS + "s'")
                .execute()
                .compose(set -> connection
                        .preparedQuery(COVERED.formatted(address.schema()))
                        .execute(Tuple.of(subject.text(), value)))
                .map(rows -> rows.iterator().next().getLong(0))
                .eventually(connection::close));
    }

    /** A hold in effect, from a row of {@code hold_in_effect}. */
    static LegalHold inEffect(Row row) {
        return hold(row, null);
    }

    private static LegalHold hold(Row row, LegalHold.@Nullable Removal removal) {
        return new LegalHold(
                row.getUUID("id"),
                row.getOffsetDateTime("at").toInstant(),
                Subject.ofText(row.getString("subject")),
                row.getString("value"),
                row.getString("reason"),
                row.getString("changed_by"),
                removal);
    }

    private static LegalHold.@Nullable Removal removal(Row row) {
        return row.getOffsetDateTime("removed_at") == null
                ? null
                : new LegalHold.Removal(
                        row.getOffsetDateTime("removed_at").toInstant(),
                        row.getString("removed_reason"),
                        row.getString("removed_by"));
    }

    private Future<RowSet<Row>> query(String sql, Tuple parameters) {
        return address.connect(vertx, "botgate holds").compose(connection -> connection
                .preparedQuery(sql.formatted(address.schema()))
                .execute(parameters)
                .eventually(connection::close));
    }
}
