package dev.botgate.audit.postgres;

import dev.botgate.audit.Outcome;
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

/** The one connection that writes the trail, prepared so that what it calls committed is durable. */
final class TrailConnection {
    /** Whatever the server's default is, or becomes: commits wait for the disk. Stricter values are kept. */
    private static final String SETTINGS =
            """
            SELECT set_config('synchronous_commit', CASE current_setting('synchronous_commit')
                WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false),
              set_config('statement_timeout', $1, false)
            """;

    private final PgConnection connection;
    private final String schema;
    private final PreparedStatement insert;
    private final PreparedStatement insertUnrepeated;
    private final Duration patience;

    private TrailConnection(
            PgConnection connection,
            String schema,
            PreparedStatement insert,
            PreparedStatement insertUnrepeated,
            Duration patience) {
        this.connection = connection;
        this.schema = schema;
        this.insert = insert;
        this.insertUnrepeated = insertUnrepeated;
        this.patience = patience;
    }

    /**
     * Opens a connection on the current context. Before it can be used, the other gateways are told that {@code boot}
     * lives: they must not close what it is about to write.
     *
     * @param patience how long a statement may take before the server ends it; a server that does not even do that is
     *     given up some time later
     */
    static Future<TrailConnection> open(Vertx vertx, DatabaseAddress address, UUID boot, Duration patience) {
        return address.connect(vertx, "botgate trail").compose(connection -> connection
                .preparedQuery(SETTINGS)
                .execute(Tuple.of(Long.toString(patience.toMillis())))
                .compose(set -> connection
                        .preparedQuery(Boots.stillAlive(address.schema()))
                        .execute(Tuple.of(boot)))
                .compose(told -> connection.prepare(Tables.insert(address.schema())))
                .compose(insert -> connection
                        .prepare(Tables.insertUnrepeated(address.schema()))
                        .map(unrepeated ->
                                new TrailConnection(connection, address.schema(), insert, unrepeated, patience)))
                .timeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .onFailure(cause -> discard(connection)));
    }

    /** Calls {@code lost} once the connection has ended; what it had to say before is said by what fails with it. */
    void onEnd(Runnable lost) {
        connection.exceptionHandler(ignored -> {}).closeHandler(ended -> lost.run());
    }

    /**
     * Makes all of them durable in one transaction; none at all, of any kind, finds out whether that could be done. Outcomes
     * that came too late take another one.
     *
     * @return fails with {@link PartlyWrittenException} when only that other one failed
     */
    Future<Void> write(Rows rows) {
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
                                .recover(cause -> Future.failedFuture(new PartlyWrittenException(cause)))
                        : Future.succeededFuture(inserted))
                .timeout(patience.plus(patience).toMillis(), TimeUnit.MILLISECONDS)
                .mapEmpty();
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
