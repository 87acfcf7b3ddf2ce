package dev.botgate.audit.postgres;

import dev.botgate.audit.access.AccessLog;
import dev.botgate.audit.access.AccessRecord;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.time.ZoneOffset;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records of access in PostgreSQL. Connects when first used.
 *
 * <p>Callable on any thread; futures complete on the caller's context.
 */
public final class PostgresAccessLog implements AccessLog {
    private static final int CONNECTIONS = 2;
    private static final int TIMEOUT_SECONDS = 10;
    private static final String PREPARE =
            """
            SELECT set_config('synchronous_commit', CASE current_setting('synchronous_commit')
                WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false),
              set_config('statement_timeout', '"""
                    + TIMEOUT_SECONDS + "s', false)";

    private static final Logger log = LoggerFactory.getLogger(PostgresAccessLog.class);

    private final Pool pool;
    private final String insert;

    public PostgresAccessLog(Vertx vertx, DatabaseAddress address) {
        this.pool = PostgresReader.pool(vertx, address, "botgate access", CONNECTIONS, PREPARE);
        this.insert = "INSERT INTO " + address.schema()
                + ".access (at, id, reader, origin, action, filters, entries, last_entry)"
                + " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
    }

    @Override
    public Future<Void> record(AccessRecord access) {
        Tuple row = Tuple.tuple()
                .addValue(access.at().atOffset(ZoneOffset.UTC))
                .addValue(access.id())
                .addValue(access.reader().name())
                .addValue(access.reader().origin())
                .addValue(access.action().text())
                .addValue(new JsonObject(new TreeMap<>(access.filters())).encode())
                .addValue(access.entries())
                .addValue(access.last());
        return pool.preparedQuery(insert)
                .execute(row)
                .timeout(2 * TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .<Void>mapEmpty()
                .recover(cause -> Future.failedFuture(unrecorded(cause)));
    }

    @Override
    public Future<Void> close() {
        return pool.close();
    }

    private static GatewayException unrecorded(Throwable cause) {
        log.atWarn().setCause(cause).log("An access to the trail could not be recorded, so it is refused");
        return new GatewayException(
                Failure.AUDIT_UNAVAILABLE, "The access cannot be recorded, so it is refused", cause);
    }
}
