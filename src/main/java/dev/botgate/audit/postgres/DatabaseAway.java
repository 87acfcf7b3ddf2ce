package dev.botgate.audit.postgres;

import io.vertx.pgclient.PgException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.concurrent.TimeoutException;

/** Whether a failure means that the database is away for now, or that waiting does not help. */
public final class DatabaseAway {
    private DatabaseAway() {}

    /**
     * Decides by the SQLSTATE's class, where there is one in {@code failure} or its causes (PostgreSQL's documentation,
     * appendix "PostgreSQL Error Codes"): 08 connection exception, 53 insufficient resources, 57P operator intervention,
     * which includes a server that is starting. Without one, a broken connection or a timeout counts.
     */
    public static boolean is(Throwable failure) {
        boolean broken = false;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof PgException known && known.getSqlState() != null) {
                return isAway(known.getSqlState());
            }
            if (cause instanceof SQLException known && known.getSQLState() != null) {
                return isAway(known.getSQLState());
            }
            broken |= cause instanceof IOException
                    || cause instanceof TimeoutException
                    || cause instanceof io.vertx.core.VertxException;
        }
        return broken;
    }

    private static boolean isAway(String state) {
        return state.startsWith("08") || state.startsWith("53") || state.startsWith("57P");
    }
}
