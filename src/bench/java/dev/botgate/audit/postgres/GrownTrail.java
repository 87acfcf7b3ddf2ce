package dev.botgate.audit.postgres;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A trail of any size, made by the database itself: six months of 2025, evenly spread.
 *
 * <p>Of 200 bots a few send most; 1,000 tenants; 100,000 conversations; every send has an activity of its own, of which one in
 * five is updated later; one in fifty is about a member. 94 of 100 succeed, one exchange in 100 took two attempts. Fifty runs
 * of gateways made it; the last one lives, and the one before it has died lately.
 */
final class GrownTrail {
    static final int MONTHS = 6;
    private static final int RUNS = 50;
    private static final String FIRST = "timestamptz '2025-01-01Z'";

    private static final String FUNCTIONS =
            """
            CREATE FUNCTION at_of(n bigint, entries bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS
              $$ SELECT %1$s + n * (interval '181 days' / entries) $$;
            CREATE FUNCTION id_of(n bigint, entries bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
              $$ SELECT (lpad(to_hex(floor(extract(epoch FROM at_of(n, entries)) * 1000)::bigint), 12, '0') || '7'
                || substr(md5(n::text), 1, 3) || '8' || substr(md5(n::text), 4, 15))::uuid $$;
            CREATE FUNCTION activity_of(n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT '1:' || md5('a' || n) $$;
            CREATE FUNCTION run_of(n bigint, entries bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
              $$ SELECT md5('run' || (n * %2$d / entries))::uuid $$;
            """
                    .formatted(FIRST, RUNS);

    private static final String INTENTS =
            """
            INSERT INTO %1$s
            SELECT at_of(n, %2$d), id_of(n, %2$d), 'gate-' || n * 50 / %2$d, run_of(n, %2$d), n, 'request-' || n,
              CASE WHEN n %% 5 = 4 THEN 'UpdateActivity' WHEN n %% 50 = 0 THEN 'DeleteConversationMember'
                WHEN n %% 3 = 0 THEN 'ReplyToActivity' ELSE 'SendToConversation' END,
              CASE WHEN n %% 5 = 4 THEN 'PUT' WHEN n %% 50 = 0 THEN 'DELETE' ELSE 'POST' END,
              '/teams/amer/v3/conversations/19%%3A' || md5('c' || n %% 100000) || '%%40thread.tacv2/activities', 'teams',
              '28:' || md5('b' || floor(200 * ((n * 7919 %% 100003) / 100003.0) ^ 3)), 'tenant-' || n * 31 %% 1000, false,
              '19:' || md5('c' || n %% 100000) || '@thread.tacv2',
              CASE WHEN n %% 5 = 4 THEN activity_of(n - 2) WHEN n %% 50 <> 0 AND n %% 3 = 0 THEN activity_of(n - 7) END,
              CASE WHEN n %% 50 = 0 THEN '29:' || md5('m' || n %% 40000) END,
              'application/json', 'whole', t.body, length(t.body), sha256(t.body)
            FROM generate_series(%3$d::bigint, %4$d) n, LATERAL (SELECT convert_to('{"type":"message","from":{"id":"28:bot","name":'
              || '"Bot"},"conversation":{"id":"19:' || md5(n::text) || '@thread.tacv2"},"text":"' || repeat(md5(n::text) || ' ', 8)
              || '"}', 'UTF8') AS body) AS t
            """;

    private static final String OUTCOMES =
            """
            INSERT INTO %1$s
            SELECT at_of(n, %2$d), id_of(n, %2$d), at_of(n, %2$d) + interval '90 ms', 'gate-' || n * 50 / %2$d, run_of(n, %2$d),
              CASE WHEN n %% 25 = 1 THEN 'refused' WHEN n %% 100 = 2 THEN 'failed' WHEN n %% 100 = 3 THEN 'unknown'
                ELSE 'succeeded' END,
              CASE WHEN n %% 25 = 1 THEN 403 WHEN n %% 100 = 2 THEN 503 WHEN n %% 100 = 3 THEN 504 ELSE 200 END,
              CASE WHEN n %% 100 = 2 THEN 2 ELSE 1 END, 90000, activity_of(n), NULL,
              CASE WHEN n %% 5 <> 4 AND n %% 50 <> 0 THEN activity_of(n) END,
              CASE WHEN n %% 25 = 1 THEN 'Forbidden' END, NULL, NULL, NULL
            FROM generate_series(%3$d::bigint, %4$d) n WHERE NOT (n > %2$d - 20 OR n = %2$d - %2$d / 50 - 5)
            """;

    private static final String ATTEMPTS =
            """
            INSERT INTO %1$s SELECT at_of(n, %2$d), id_of(n, %2$d), number, at_of(n, %2$d) + interval '40 ms' * number, 503, NULL,
              40000 FROM generate_series(%3$d::bigint, %4$d) n, generate_series(1, 2) number WHERE n %% 100 = 2
            """;

    private final DatabaseAddress address;
    private final long entries;

    GrownTrail(DatabaseAddress address, long entries) {
        this.address = address;
        this.entries = entries;
    }

    /** Fills the empty tables. The indexes come last, as the months are attached. */
    void grow() throws Exception {
        execute("ALTER SYSTEM SET max_wal_size = '16GB'", "SELECT pg_reload_conf()");
        execute(FUNCTIONS);
        ExecutorService twoAtOnce = Executors.newFixedThreadPool(2);
        try {
            List<Callable<Void>> months = new ArrayList<>();
            for (int month = 0; month < MONTHS; month++) {
                int which = month;
                months.add(() -> {
                    grow(which);
                    return null;
                });
            }
            for (Future<Void> grown : twoAtOnce.invokeAll(months)) {
                grown.get();
            }
        } finally {
            twoAtOnce.shutdown();
        }
        execute(
                "INSERT INTO gateway_run (run, gateway, started_at, heartbeat_at, open_sequence, closed_at, closed_below, finished_at)"
                        + " SELECT run_of(run * " + entries + " / 50 + 1, " + entries
                        + "), 'gate-' || run, now(), now(), "
                        // The living one has told of its progress a while ago; of the dead one the slack is left.
                        + "CASE run WHEN 49 THEN greatest(1, " + entries + " - 20000) ELSE 1 END,"
                        + " CASE WHEN run < 49 THEN now() END, CASE WHEN run < 49 THEN (run + 1) * " + entries
                        + " / 50 - 10000 END, CASE WHEN run < 48 THEN now() END FROM generate_series(0, 49) run");
        execute("ALTER SYSTEM RESET max_wal_size", "SELECT pg_reload_conf()");
        execute("VACUUM ANALYZE", "CHECKPOINT");
    }

    private void grow(int month) throws SQLException {
        String from = String.format(Locale.ROOT, "2025-%02d-01Z", month + 1);
        String to = String.format(Locale.ROOT, "2025-%02d-01Z", month + 2);
        long first = Math.max(1, firstSince(from));
        long beyond = Math.min(entries, firstSince(to));
        for (String[] table :
                new String[][] {{"intent", INTENTS}, {"outcome", OUTCOMES}, {"attempt", ATTEMPTS}, {"late_outcome", ""}
                }) {
            String name = table[0] + "_" + from.substring(0, 7).replace('-', '_');
            List<String> steps = new ArrayList<>();
            steps.add("CREATE TABLE " + name + " (LIKE " + table[0] + " INCLUDING ALL EXCLUDING INDEXES)");
            if (!table[1].isEmpty()) {
                steps.add(table[1].formatted(name, entries, first, beyond - 1));
            }
            steps.addAll(indexes(table[0], name));
            steps.add("ALTER TABLE " + table[0] + " ATTACH PARTITION " + name + " FOR VALUES FROM ('" + from
                    + "') TO ('" + to + "')");
            execute(steps.toArray(String[]::new));
        }
    }

    private long firstSince(String time) throws SQLException {
        return number("SELECT ceil(extract(epoch FROM timestamptz '" + time + "' - " + FIRST
                + ") / extract(epoch FROM interval '181 days' / " + entries + "))::bigint");
    }

    /** Attaching would make them too, but one month after the other. */
    private List<String> indexes(String parent, String partition) throws SQLException {
        return rows("SELECT CASE WHEN indisprimary THEN regexp_replace(pg_get_indexdef(indexrelid),"
                + " '.*\\(', 'ALTER TABLE " + partition + " ADD PRIMARY KEY (') ELSE regexp_replace("
                + "pg_get_indexdef(indexrelid), 'INDEX (\\S+) ON ONLY \\S+', 'INDEX \\1"
                + partition.substring(parent.length()) + " ON " + partition + "') END FROM pg_index WHERE indrelid = '"
                + parent + "'::regclass");
    }

    void execute(String... statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    long number(String sql) throws SQLException {
        return Long.parseLong(rows(sql).get(0));
    }

    /** The first column of every row. */
    List<String> rows(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(sql)) {
            List<String> rows = new ArrayList<>();
            while (found.next()) {
                rows.add(found.getString(1));
            }
            return rows;
        }
    }

    private Connection connect() throws SQLException {
        Connection connection = DriverManager.getConnection(address.jdbcUrl(), address.jdbcProperties());
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET search_path = " + address.schema() + ", public");
            statement.execute("SET synchronous_commit = off");
            statement.execute("SET maintenance_work_mem = '1GB'");
            statement.execute("SET max_parallel_maintenance_workers = 0");
        }
        return connection;
    }
}
