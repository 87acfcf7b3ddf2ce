package dev.botgate.audit.postgres;

import dev.botgate.audit.AuditEntry;
import dev.botgate.audit.access.AccessQuery;
import dev.botgate.audit.access.AccessRecord;
import dev.botgate.audit.access.AuditReader;
import dev.botgate.audit.access.EntryQuery;
import dev.botgate.audit.access.Page;
import dev.botgate.failure.GatewayException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Searches the trail in PostgreSQL, on a few read-only connections. Connects when first used.
 *
 * <p>Callable on any thread; futures complete on the caller's context.
 */
public final class PostgresReader implements AuditReader {
    private static final int CONNECTIONS = 4;
    private static final int TIMEOUT_SECONDS = 90;
    /** A page with bodies ends here: each body may be as large as a request. */
    static final long PAGE_BYTES = 8 << 20;

    /**
     * Limits a statement to 60 s, and keeps the planner to reading a page in the order of an index: plans that read all rows
     * first, to sort them, only look better while statistics are old.
     */
    static final String PREPARE =
            """
            SELECT set_config('default_transaction_read_only', 'on', false), set_config('statement_timeout', '60s', false),
              set_config('jit', 'off', false), set_config('plan_cache_mode', 'force_custom_plan', false),
              set_config('max_parallel_workers_per_gather', '0', false), set_config('enable_bitmapscan', 'off', false),
              set_config('enable_hashjoin', 'off', false),
              set_config('enable_mergejoin', 'off', false), set_config('enable_sort', 'off', false)
            """;

    private final String schema;
    private final Pool pool;
    private final long pageBytes;

    public PostgresReader(Vertx vertx, DatabaseAddress address) {
        this(vertx, address, PAGE_BYTES);
    }

    PostgresReader(Vertx vertx, DatabaseAddress address, long pageBytes) {
        this.pageBytes = pageBytes;
        this.schema = address.schema();
        this.pool = pool(vertx, address, "botgate search", CONNECTIONS, PREPARE);
    }

    /**
     * Checks that {@code cursor}, if there is one, is one that a page had.
     *
     * @throws GatewayException MALFORMED_REQUEST when it is not
     */
    public static void checkCursor(@Nullable String cursor) {
        if (cursor != null) {
            var unused = Keyset.Cursor.ofText(cursor);
        }
    }

    /** Connections that are opened when needed, each with the statement {@code prepare}. */
    static Pool pool(Vertx vertx, DatabaseAddress address, String application, int connections, String prepare) {
        int connectMillis = (int) address.settings().connectTimeout().toMillis();
        return PgBuilder.pool()
                .with(new PoolOptions()
                        .setMaxSize(connections)
                        .setIdleTimeout(1)
                        .setIdleTimeoutUnit(TimeUnit.MINUTES)
                        .setConnectionTimeout(connectMillis)
                        .setConnectionTimeoutUnit(TimeUnit.MILLISECONDS))
                .with(new NetClientOptions().setConnectTimeout(connectMillis))
                .connectingTo(address.connectOptions(application))
                .withConnectHandler(connection -> prepare(connection, prepare))
                .using(vertx)
                .build();
    }

    @Override
    public Future<Page<AuditEntry>> search(EntryQuery query) {
        EntrySearch search;
        try {
            search = new EntrySearch(schema, query, pageBytes);
        } catch (GatewayException malformed) {
            return Future.failedFuture(malformed);
        }
        return rows(search.sql(), search.parameters()).map(search::page);
    }

    @Override
    public Future<Optional<AuditEntry>> entry(UUID id) {
        String sql = "SELECT " + EntryRow.columns(schema, true) + " FROM " + schema + ".intent i LEFT JOIN " + schema
                + ".outcome o ON o.intent_at = i.at AND o.intent_id = i.id WHERE " + IDENTIFIED;
        return byId(sql, id).map(row -> row.map(EntryRow::entry));
    }

    @Override
    public Future<Optional<String>> cursorAfter(UUID id) {
        return byId("SELECT i.at FROM " + schema + ".intent i WHERE " + IDENTIFIED, id)
                .map(row -> row.map(found -> new Keyset.Cursor(
                                new Keyset.Key(found.getOffsetDateTime(0).toInstant(), id), false)
                        .text()));
    }

    @Override
    public Future<Page<AccessRecord>> accessRecords(AccessQuery query) {
        AccessSearch search;
        try {
            search = new AccessSearch(schema, query);
        } catch (GatewayException malformed) {
            return Future.failedFuture(malformed);
        }
        return rows(search.sql(), search.parameters()).map(search::page);
    }

    @Override
    public Future<Void> close() {
        return pool.close();
    }

    private static final String IDENTIFIED = "i.at >= $1 AND i.at < $2 AND i.id = $3";

    /** An id contains the millisecond of its entry, and so its partition: RFC 9562 section 5.7. */
    private Future<Optional<Row>> byId(String sql, UUID id) {
        if (id.version() != 7) {
            return Future.succeededFuture(Optional.empty());
        }
        Instant at = Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16);
        Tuple parameters = Tuple.of(
                at.atOffset(ZoneOffset.UTC), at.plus(1, ChronoUnit.MILLIS).atOffset(ZoneOffset.UTC), id);
        return rows(sql, parameters).map(rows -> Optional.ofNullable(first(rows)));
    }

    /** The timeout is longer than the server's, for a server that does not answer at all. */
    private Future<RowSet<Row>> rows(String sql, Tuple parameters) {
        return pool.preparedQuery(sql).execute(parameters).timeout(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    private static @Nullable Row first(RowSet<Row> rows) {
        return rows.size() == 0 ? null : rows.iterator().next();
    }

    private static void prepare(SqlConnection connection, String prepare) {
        connection.query(prepare).execute().eventually(connection::close).onFailure(ignored -> {});
    }
}
