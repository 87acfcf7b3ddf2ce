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
     * SQL that marks a run, its one parameter, as alive; other gateways look for its open intents again from the start.
     */
    static String stillAlive(String schema) {
        return "UPDATE " + schema
                + ".gateway_run SET heartbeat_at = clock_timestamp(), closed_at = NULL, closed_below = NULL,"
                + " finished_at = NULL WHERE run = $1";
    }

    /** Adds a run, or marks it as alive; other gateways look for its open intents again from the start. */
    Future<Void> beat(UUID runId, String gateway, @Nullable UUID journal, OptionalLong firstOpen) {
        return connection
                .preparedQuery(
                        "INSERT INTO " + schema + ".gateway_run (run, gateway, journal) VALUES ($1, $2, $3)"
                                + " ON CONFLICT (run) DO UPDATE SET heartbeat_at = clock_timestamp(), closed_at = NULL,"
                                + " closed_below = NULL, finished_at = NULL, open_sequence = greatest(gateway_run.open_sequence, $4::bigint)")
                .execute(Tuple.of(runId, gateway, journal, firstOpen.isPresent() ? firstOpen.getAsLong() : null))
                .mapEmpty();
    }

    /** Marks a run as ended, with nothing left to write. */
    Future<Void> ended(UUID runId) {
        return connection
                .preparedQuery("UPDATE " + schema
                        + ".gateway_run SET heartbeat_at = clock_timestamp(), ended_at = clock_timestamp()"
                        + " WHERE run = $1")
                .execute(Tuple.of(runId))
                .mapEmpty();
    }

    /** Makes gateways look again for open intents of earlier runs with this journal. */
    Future<Void> reopen(UUID runId, UUID journal) {
        return connection
                .preparedQuery("UPDATE " + schema + ".gateway_run SET closed_at = NULL, closed_below = NULL,"
                        + " finished_at = NULL WHERE journal = $2 AND run <> $1")
                .execute(Tuple.of(runId, journal))
                .mapEmpty();
    }

    /** The other runs that may have open intents. */
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

    /** Closes the open intents of a run, unless it has beaten since; returns their number. */
    Future<Long> close(UUID dead, OffsetDateTime beatAt, String byGateway, UUID byRunId) {
        return connection
                .preparedQuery("SELECT " + schema + ".close_open_intents($1, $2, $3, $4)")
                .execute(Tuple.of(dead, beatAt, byGateway, byRunId))
                .map(rows -> rows.iterator().next().getLong(0));
    }
}
