package dev.botgate.audit.postgres;

import io.vertx.pgclient.PgException;
import java.util.Set;

/** What a failed write means for the entries that were in it. */
enum WriteFailure {
    /** The database refuses one of the entries; the others can be written, and may have been. */
    ENTRY_REFUSED,
    /** The database cannot write now. Nothing was written. */
    NOT_WRITTEN,
    /** This session may never write again, but another may. Nothing was written. */
    SESSION_UNUSABLE,
    /** The connection is unusable, and whether anything was written is unknown. */
    UNCERTAIN;

    private static final Set<String> TRANSIENT = Set.of("55P03", "57014");

    /**
     * Decides by the SQLSTATE's class (PostgreSQL's documentation, appendix "PostgreSQL Error Codes"): 22 data exception, 23
     * integrity constraint violation, 54 program limit exceeded; 08 connection exception, 57P operator intervention,
     * 40003 statement completion unknown; 40 transaction rollback, 53 insufficient resources, 55P03 lock not available, 57014
     * query canceled. Any other may concern the session only: the server became a standby (25006), prepared statements are missing
     * (26000) or outdated (0A000).
     */
    static WriteFailure of(Throwable cause) {
        if (!(cause instanceof PgException known) || known.getSqlState() == null) {
            return UNCERTAIN;
        }
        String state = known.getSqlState();
        if (state.startsWith("22") || state.startsWith("23") || state.startsWith("54")) {
            return ENTRY_REFUSED;
        }
        if (state.startsWith("08") || state.startsWith("57P") || state.equals("40003")) {
            return UNCERTAIN;
        }
        boolean transientFailure = state.startsWith("40") || state.startsWith("53") || TRANSIENT.contains(state);
        return transientFailure ? NOT_WRITTEN : SESSION_UNUSABLE;
    }

    /** The SQLSTATE; empty when the database did not report the failure. Its message may quote an entry, so it is not shown. */
    static String sqlState(Throwable cause) {
        return cause instanceof PgException known && known.getSqlState() != null ? known.getSqlState() : "";
    }
}
