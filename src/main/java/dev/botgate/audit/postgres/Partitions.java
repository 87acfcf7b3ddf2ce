package dev.botgate.audit.postgres;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates the trail's partitions ahead of time, on a short-lived connection, so that no commit waits for it.
 *
 * <p>Entries of a month without partitions are not lost: they go to the default partition.
 */
public final class Partitions {
    static final int MONTHS_AHEAD = 3;
    private static final Duration INTERVAL = Duration.ofDays(1);
    private static final Logger log = LoggerFactory.getLogger(Partitions.class);

    private final Vertx vertx;
    private final DatabaseAddress address;
    private final InstantSource clock;

    public Partitions(Vertx vertx, DatabaseAddress address, InstantSource clock) {
        this.vertx = vertx;
        this.address = address;
        this.clock = clock;
    }

    /**
     * Creates what is missing, at once and then daily until {@code vertx} closes.
     *
     * @return fails when the first attempt fails; later failures are logged
     */
    public Future<Void> start() {
        long timer = vertx.setPeriodic(INTERVAL.toMillis(), ignored -> tryAgain());
        return create().onFailure(cause -> vertx.cancelTimer(timer)).mapEmpty();
    }

    /** Creates what is missing, from yesterday's month on, and returns the partitions that were created. */
    Future<List<String>> create() {
        return address.connect(vertx, "botgate partitions")
                .compose(connection -> create(connection).eventually(connection::close));
    }

    private Future<List<String>> create(PgConnection connection) {
        String sql = "SELECT partition_name, problem FROM " + address.schema() + ".create_partitions($1, $2)";
        Tuple since = Tuple.of(clock.instant().minus(Duration.ofDays(1)).atOffset(ZoneOffset.UTC), MONTHS_AHEAD);
        return connection.preparedQuery(sql).execute(since).map(Partitions::created);
    }

    private void tryAgain() {
        create().onFailure(cause -> log.atWarn()
                .setCause(cause)
                .log("The trail's coming months could not be created; the next attempt is tomorrow"));
    }

    private static List<String> created(RowSet<Row> rows) {
        List<String> created = new ArrayList<>();
        for (Row row : rows) {
            String partition = row.getString("partition_name");
            String problem = row.getString("problem");
            if (problem == null) {
                created.add(partition);
            } else {
                log.atWarn()
                        .addKeyValue("partition", partition)
                        .addKeyValue("problem", problem)
                        .log("A partition of the trail could not be created; its entries go to the default one");
            }
        }
        return created;
    }
}
