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

/** The one connection that writes the trail, prepared so that what it calls committed is durable. */
final class TrailConnection {
    /** Whatever the server's default is, or becomes: commits wait for the disk. Stricter values are kept. */
    private static final String SETTINGS =
            """
            SELECT set_config('synchronous_commit', CASE current_setting('synchronous_commit')
                WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false),
              set_config('statement_timeout', $1, false)
            """;

    /** Much shorter than the hour for which others look for what a silent run may have left open. */
    private static final Duration TELLING = Duration.ofMinutes(10);

    private final PgConnection connection;
    private final String schema;
    private final PreparedStatement insert;
    private final PreparedStatement insertUnrepeated;
    private final Duration patience;
    private final UUID runId;
    private final LongSupplier nanoTime;
    private long toldAt;

    private TrailConnection(
            PgConnection connection,
            String schema,
            PreparedStatement insert,
            PreparedStatement insertUnrepeated,
            Duration patience,
            UUID runId,
            LongSupplier nanoTime,
            long toldAt) {
        this.connection = connection;
        this.schema = schema;
        this.insert = insert;
        this.insertUnrepeated = insertUnrepeated;
        this.patience = patience;
        this.runId = runId;
        this.nanoTime = nanoTime;
        this.toldAt = toldAt;
    }

    /**
     * Opens a connection on the current context. Before it can be used, the other gateways are told that {@code runId}
     * lives: they must not close what it is about to write.
     *
     * @param patience how long a statement may take before the server ends it; a server that does not even do that is
     *     given up some time later
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
                        .prepare(Tables.insertUnrepeated(address.schema()))
                        .map(unrepeated -> new TrailConnection(
                                connection, address.schema(), insert, unrepeated, patience, runId, nanoTime, begin)))
                .timeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .onFailure(cause -> discard(connection)));
    }

    /** Calls {@code lost} once the connection has ended; what it had to say before is said by what fails with it. */
    void onEnd(Runnable lost) {
        connection.exceptionHandler(ignored -> {}).closeHandler(ended -> lost.run());
    }

    /**
     * Makes {@code records} durable in one transaction; without records, finds out whether that is possible. Outcomes of exchanges
     * that others have closed take another transaction.
     *
     * @return fails as {@link WriteFailure} tells; when a record is refused, the others may have been written
     */
    Future<Void> write(List<TrailRecord> records) {
        Tables.Rows rows = Tables.Rows.of(records);
        long now = nanoTime.getAsLong();
        return now - toldAt < TELLING.toNanos() ? insert(rows) : tell(now).compose(told -> insert(rows));
    }

    /** A process that was stopped for hours has its session still, but the others may have ceased to look for what it writes. */
    private Future<Void> tell(long now) {
        return connection
                .preparedQuery(GatewayRuns.stillAlive(schema))
                .execute(Tuple.of(runId))
                .timeout(patience.plus(patience).toMillis(), TimeUnit.MILLISECONDS)
                .onSuccess(told -> toldAt = now)
                .mapEmpty();
    }

    private Future<Void> insert(Tables.Rows rows) {
        List<Outcome> outcomes = rows.outcomes();
        boolean something = !rows.intents().isEmpty() || !outcomes.isEmpty();
        Future<RowSet<Row>> insertion = rows.attempts().isEmpty() && something
                ? insertUnrepeated.query().execute(Tables.unrepeatedParameters(rows))
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

    /** The other statement was committed, so that nothing was written is no longer certain. */
    private static <T> Future<T> partlyWritten(Throwable cause) {
        return Future.failedFuture(
                WriteFailure.of(cause) == WriteFailure.ENTRY_REFUSED
                        ? cause
                        : new IllegalStateException("late outcomes could not be written: " + cause.getMessage()));
    }

    Future<Void> close() {
        return connection.close();
    }

    /** Lets go of a connection that is of no use; how that ends does not matter. */
    void discard() {
        discard(connection);
    }

    private static void discard(PgConnection connection) {
        connection.close().onFailure(ignored -> {});
    }
}
