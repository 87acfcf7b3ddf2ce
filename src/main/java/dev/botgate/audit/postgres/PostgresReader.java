package dev.botgate.audit.postgres;

import dev.botgate.audit.AuditReader;
import dev.botgate.audit.Entry;
import dev.botgate.audit.EntryQuery;
import dev.botgate.audit.Page;
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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Searches the trail in PostgreSQL, on a few connections that can only read. Connects when first asked.
 *
 * <p>Callable on any thread; futures complete on the caller's context.
 */
public final class PostgresReader implements AuditReader {
    private static final int CONNECTIONS = 4;
    /**
     * A page is a few entries, each found by key or along an index: joining all of the trail by hash or by merge is never
     * right for it, though the planner, which cannot know that, may think so. Nor is compiling the query.
     */
    private static final String PREPARE =
            """
            SELECT set_config('default_transaction_read_only', 'on', false),
              set_config('statement_timeout', '60s', false),
              set_config('enable_hashjoin', 'off', false),
              set_config('enable_mergejoin', 'off', false),
              set_config('jit', 'off', false)
            """;

    private final String schema;
    private final Pool pool;

    public PostgresReader(Vertx vertx, DatabaseAddress address) {
        int connectMillis = (int) address.settings().connectTimeout().toMillis();
        this.schema = address.schema();
        this.pool = PgBuilder.pool()
                .with(new PoolOptions()
                        .setMaxSize(CONNECTIONS)
                        .setIdleTimeout(1)
                        .setIdleTimeoutUnit(TimeUnit.MINUTES)
                        .setConnectionTimeout(connectMillis)
                        .setConnectionTimeoutUnit(TimeUnit.MILLISECONDS))
                .with(new NetClientOptions().setConnectTimeout(connectMillis))
                .connectingTo(address.connectOptions("botgate search"))
                .withConnectHandler(PostgresReader::prepare)
                .using(vertx)
                .build();
    }

    @Override
    public Future<Page> search(EntryQuery query) {
        EntrySearch search;
        try {
            search = new EntrySearch(schema, query);
        } catch (GatewayException malformed) {
            return Future.failedFuture(malformed);
        }
        return pool.preparedQuery(search.sql()).execute(search.parameters()).map(rows -> page(rows, query.limit()));
    }

    @Override
    public Future<Void> close() {
        return pool.close();
    }

    private static void prepare(SqlConnection connection) {
        connection.query(PREPARE).execute().eventually(connection::close).onFailure(ignored -> {});
    }

    private static Page page(RowSet<Row> rows, int limit) {
        List<Entry> entries = new ArrayList<>();
        for (Row row : rows) {
            entries.add(EntryRow.entry(row));
        }
        if (entries.size() <= limit) {
            return new Page(entries, null);
        }
        List<Entry> page = entries.subList(0, limit);
        return new Page(page, Cursor.at(page.get(limit - 1).intent().exchange()).text());
    }
}
