package dev.botgate.audit.postgres;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the list of what may be open short, now and then, on a short-lived connection. Where that fails, a search for
 * what is open takes longer, and finds the same.
 */
public final class Settling {
    private static final Duration INTERVAL = Duration.ofMinutes(10);
    private static final Logger log = LoggerFactory.getLogger(Settling.class);

    private final Vertx vertx;
    private final DatabaseAddress address;

    public Settling(Vertx vertx, DatabaseAddress address) {
        this.vertx = vertx;
        this.address = address;
    }

    /** Settles, now and then every ten minutes until {@code vertx} closes. */
    public void start() {
        long timer = vertx.setPeriodic(0, INTERVAL.toMillis(), ignored -> settle().onFailure(
                        cause -> log.atWarn().setCause(cause).log("The list of what may be open was not shortened")));
        log.atDebug().addKeyValue("timer", timer).log("What is closed gets settled");
    }

    /** Goes on as far as can be. */
    Future<Void> settle() {
        return address.connect(vertx, "botgate settling").compose(connection -> {
            Promise<Void> settled = Promise.promise();
            step(connection, settled);
            return settled.future().eventually(connection::close);
        });
    }

    private void step(PgConnection connection, Promise<Void> settled) {
        connection
                .query("SELECT " + address.schema() + ".settle()")
                .execute()
                .onComplete(
                        rows -> {
                            if (rows.iterator().next().getBoolean(0)) {
                                step(connection, settled);
                            } else {
                                settled.complete();
                            }
                        },
                        settled::fail);
    }
}
