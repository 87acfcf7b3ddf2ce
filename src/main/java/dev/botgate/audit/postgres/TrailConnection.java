package dev.botgate.audit.postgres;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.PreparedStatement;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
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
    private final PreparedStatement insert;
    private final Duration patience;

    private TrailConnection(PgConnection connection, PreparedStatement insert, Duration patience) {
        this.connection = connection;
        this.insert = insert;
        this.patience = patience;
    }

    /**
     * Opens a connection on the current context.
     *
     * @param patience how long a statement may take before the server ends it; a server that does not even do that is
     *     given up some time later
     */
    static Future<TrailConnection> open(Vertx vertx, DatabaseAddress address, Duration patience) {
        return address.connect(vertx, "botgate trail").compose(connection -> connection
                .preparedQuery(SETTINGS)
                .execute(Tuple.of(Long.toString(patience.toMillis())))
                .compose(set -> connection.prepare(Tables.insert(address.schema())))
                .timeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .map(insert -> new TrailConnection(connection, insert, patience))
                .onFailure(cause -> discard(connection)));
    }

    /** Calls {@code lost} once the connection has ended; what it had to say before is said by what fails with it. */
    void onEnd(Runnable lost) {
        connection.exceptionHandler(ignored -> {}).closeHandler(ended -> lost.run());
    }

    /** Makes {@code batch} durable; an empty one finds out whether that could be done. */
    Future<Void> write(Batch batch) {
        return insert.query()
                .execute(Tables.parameters(batch.intents(), batch.attempts(), batch.outcomes()))
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
