package dev.botgate.audit.postgres;

import io.vertx.core.Future;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The table of the gateways' runs, in SQL. */
final class GatewayRuns {
    private final PgConnection connection;
    private final String schema;

    GatewayRuns(PgConnection connection, String schema) {
        this.connection = connection;
        this.schema = schema;
    }

    /**
     * Tells that a run lives, and will write: what others closed and may look for again is for them to find anew. Its one
     * parameter is the run.
     */
    static String stillAlive(String schema) {
        return "UPDATE " + schema
                + ".gateway_run SET heartbeat_at = clock_timestamp(), closed_at = NULL, closed_below = NULL,"
                + " finished_at = NULL WHERE run = $1";
    }

    /** Enters a run, or tells that it lives. What others closed and may look for again is for them to find anew. */
    Future<Void> beat(UUID runId, String gateway, @Nullable UUID journal, OptionalLong firstOpen) {
        return connection
                .preparedQuery(
                        "INSERT INTO " + schema + ".gateway_run (run, gateway, journal) VALUES ($1, $2, $3)"
                                + " ON CONFLICT (run) DO UPDATE SET heartbeat_at = clock_timestamp(), closed_at = NULL,"
                                + " closed_below = NULL, finished_at = NULL, open_sequence = greatest(gateway_run.open_sequence, $4::bigint)")
                .execute(Tuple.of(runId, gateway, journal, firstOpen.isPresent() ? firstOpen.getAsLong() : null))
                .mapEmpty();
    }

    /** Tells that a run has ended, with nothing left to write. */
    Future<Void> ended(UUID runId) {
        return connection
                .preparedQuery("UPDATE " + schema
                        + ".gateway_run SET heartbeat_at = clock_timestamp(), ended_at = clock_timestamp()"
                        + " WHERE run = $1")
                .execute(Tuple.of(runId))
                .mapEmpty();
    }

    /** Whatever earlier runs wrote with this journal is to be looked at again. */
    Future<Void> reopen(UUID runId, UUID journal) {
        return connection
                .preparedQuery("UPDATE " + schema + ".gateway_run SET closed_at = NULL, closed_below = NULL,"
                        + " finished_at = NULL WHERE journal = $2 AND run <> $1")
                .execute(Tuple.of(runId, journal))
                .mapEmpty();
    }

    /** The other runs that may have left something open. */
    Future<List<Liveness.Seen>> others(UUID runId) {
        return connection
                .preparedQuery("SELECT run, heartbeat_at, journal, ended_at IS NOT NULL AS ended FROM " + schema
                        + ".gateway_run WHERE run <> $1 AND finished_at IS NULL")
                .execute(Tuple.of(runId))
                .map(rows -> {
                    List<Liveness.Seen> seen = new ArrayList<>();
                    for (Row row : rows) {
                        seen.add(new Liveness.Seen(
                                row.getUUID("run"),
                                row.getOffsetDateTime("heartbeat_at"),
                                row.getUUID("journal"),
                                row.getBoolean("ended")));
                    }
                    return seen;
                });
    }

    /** Closes what a run has left open, unless it has beaten since, and tells how much that was. */
    Future<Long> close(UUID dead, OffsetDateTime beatAt, String byGateway, UUID byRunId) {
        return connection
                .preparedQuery("SELECT " + schema + ".close_open_intents($1, $2, $3, $4)")
                .execute(Tuple.of(dead, beatAt, byGateway, byRunId))
                .map(rows -> rows.iterator().next().getLong(0));
    }
}
