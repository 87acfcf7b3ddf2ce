package dev.botgate.audit.postgres;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether the database's commits survive a power failure, by three of its settings.
 *
 * <p>Source: PostgreSQL's documentation, "Write Ahead Log".
 *
 * @param fsync {@code off} lets a crash corrupt the whole database
 * @param fullPageWrites {@code off} lets a half-written page stay so
 * @param synchronousCommit {@code off} acknowledges what is not yet on disk; every other value waits for it
 */
public record Durability(String fsync, String fullPageWrites, String synchronousCommit) {
    private static final String SHOW = "SELECT current_setting('fsync'), current_setting('full_page_writes'),"
            + " current_setting('synchronous_commit')";

    /** Reads the settings, on a connection of its own. */
    public static Future<Durability> of(Vertx vertx, DatabaseAddress address) {
        return address.connect(vertx, "botgate start")
                .compose(connection -> connection.query(SHOW).execute().eventually(connection::close))
                .map(rows -> of(rows.iterator().next()));
    }

    private static Durability of(Row row) {
        return new Durability(row.getString(0), row.getString(1), row.getString(2));
    }

    /** Whether commits are durable. */
    public boolean safe() {
        return unsafe().isEmpty();
    }

    /** The settings by which commits are not durable, each as {@code name = value}. */
    public List<String> unsafe() {
        List<String> unsafe = new ArrayList<>();
        addWhereOff("fsync", fsync, unsafe);
        addWhereOff("full_page_writes", fullPageWrites, unsafe);
        addWhereOff("synchronous_commit", synchronousCommit, unsafe);
        return List.copyOf(unsafe);
    }

    private static void addWhereOff(String name, String value, List<String> unsafe) {
        if (value.equals("off")) {
            unsafe.add(name + " = " + value);
        }
    }
}
