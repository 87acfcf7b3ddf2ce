package dev.botgate.audit.postgres;

import dev.botgate.audit.Outcome;
import dev.botgate.audit.TrailRecord;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.PreparedStatement;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** The one connection that writes the trail; its commits are durable whatever the server's default. */
final class TrailConnection {
    /** Makes commits wait for the disk, whatever the server's default. Stricter values are kept. */
    private static final String SETTINGS =
            """
            SELECT set_config('synchronous_commit', CASE current_setting('synchronous_commit')
                WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false),
              set_config('statement_timeout', $1, false)
            """;

    /** Much shorter than the hour after which other gateways stop looking for open intents of a silent run. */
    private static final Duration ANNOUNCE_INTERVAL = Duration.ofMinutes(10);

    private final PgConnection connection;
    private final String schema;
    private final PreparedStatement insert;
    private final PreparedStatement insertWithoutAttempts;
    private final Duration patience;
    private final UUID runId;
    private final LongSupplier nanoTime;
    private long announcedAt;

    private TrailConnection(
            PgConnection connection,
            String schema,
            PreparedStatement insert,
            PreparedStatement insertWithoutAttempts,
            Duration patience,
            UUID runId,
            LongSupplier nanoTime,
            long announcedAt) {
        this.connection = connection;
        this.schema = schema;
        this.insert = insert;
        this.insertWithoutAttempts = insertWithoutAttempts;
        this.patience = patience;
        this.runId = runId;
        this.nanoTime = nanoTime;
        this.announcedAt = announcedAt;
    }

    /**
     * Opens a connection on the current context. It first marks {@code runId} as alive, so that
     * other gateways do not close what it is about to write.
     *
     * @param patience how long a statement may take before the server cancels it; after twice that time the
     *     connection is given up
     */
    static Future<TrailConnection> open(Vertx vertx, DatabaseAddress address, UUID runId, Duration patience) {
        return open(vertx, address, runId, patience, System::nanoTime);
    }

    static Future<TrailConnection> open(
            Vertx vertx, DatabaseAddress address, UUID runId, Duration patience, LongSupplier nanoTime) {
        long begin = nanoTime.getAsLong();
        return address.connect(vertx, "botgate trail").compose(connection -> connection
                .preparedQuery(SETTINGS)
                .execute(Tuple.of(Long.toString(patience.toMillis())))
                .compose(set -> connection
                        .preparedQuery(GatewayRuns.stillAlive(address.schema()))
                        .execute(Tuple.of(runId)))
                .compose(told -> connection.prepare(Tables.insert(address.schema())))
                .compose(insert -> connection
                        .prepare(Tables.insertWithoutAttempts(address.schema()))
                        .map(unrepeated -> new TrailConnection(
                                connection, address.schema(), insert, unrepeated, patience, runId, nanoTime, begin)))
                .timeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .onFailure(cause -> discard(connection)));
    }

    /** Calls {@code lost} once the connection has ended. Its errors are reported by the writes that fail with it. */
    void onEnd(Runnable lost) {
        connection.exceptionHandler(ignored -> {}).closeHandler(ended -> lost.run());
    }

    /**
     * Makes {@code records} durable in one transaction; an empty list probes the database. Outcomes of
     * exchanges that other gateways have closed take a second transaction.
     *
     * @return fails as {@link WriteFailure} classifies; when a record is refused, the others may have been written
     */
    Future<Void> write(List<TrailRecord> records) {
        Tables.Rows rows = Tables.Rows.of(records);
        long now = nanoTime.getAsLong();
        return now - announcedAt < ANNOUNCE_INTERVAL.toNanos()
                ? insert(rows)
                : announce(now).compose(told -> insert(rows));
    }

    /** Marks the run as alive: after a suspension of hours, other gateways may have stopped looking for its open intents. */
    private Future<Void> announce(long now) {
        return connection
                .preparedQuery(GatewayRuns.stillAlive(schema))
                .execute(Tuple.of(runId))
                .timeout(patience.plus(patience).toMillis(), TimeUnit.MILLISECONDS)
                .onSuccess(told -> announcedAt = now)
                .mapEmpty();
    }

    private Future<Void> insert(Tables.Rows rows) {
        List<Outcome> outcomes = rows.outcomes();
        boolean something = !rows.intents().isEmpty() || !outcomes.isEmpty();
        Future<RowSet<Row>> insertion = rows.attempts().isEmpty() && something
                ? insertWithoutAttempts.query().execute(Tables.parametersWithoutAttempts(rows))
                : insert.query().execute(Tables.parameters(rows));
        return insertion
                .compose(inserted -> inserted.rowCount() < outcomes.size()
                        ? connection
                                .preparedQuery(Tables.insertLate(schema))
                                .execute(Tables.lateParameters(outcomes))
                                .recover(TrailConnection::partlyWritten)
                        : Future.succeededFuture(inserted))
                .timeout(patience.plus(patience).toMillis(), TimeUnit.MILLISECONDS)
                .mapEmpty();
    }

    /** The first transaction was committed, so the failure must not say that nothing was written. */
    private static <T> Future<T> partlyWritten(Throwable cause) {
        return Future.failedFuture(
                WriteFailure.of(cause) == WriteFailure.ENTRY_REFUSED
                        ? cause
                        : new IllegalStateException("late outcomes could not be written: " + cause.getMessage()));
    }

    Future<Void> close() {
        return connection.close();
    }

    /** Closes an unusable connection; a failure of that is ignored. */
    void discard() {
        discard(connection);
    }

    private static void discard(PgConnection connection) {
        connection.close().onFailure(ignored -> {});
    }
}
