package dev.botgate.hammer;

import dev.botgate.audit.OutagePolicy;
import java.util.List;

/** What is done to a gateway and its database in the middle of the work. Instants are drawn anew for each. */
enum Blow {
    GATEWAY_KILLED,
    DATABASE_KILLED,
    /** Both at once. */
    BOTH_KILLED,
    /** The gateway while it writes to its journal, so that the next one finds that. */
    GATEWAY_KILLED_DURING_OUTAGE,
    /** The gateway just after the database has come back. */
    GATEWAY_KILLED_WHILE_DRAINING,
    /** The database for so long that the journal is full. */
    JOURNAL_FULL;

    /** What can be done to a gateway of {@code policy}. */
    static List<Blow> on(OutagePolicy policy) {
        return policy == OutagePolicy.JOURNAL
                ? List.of(values())
                : List.of(GATEWAY_KILLED, DATABASE_KILLED, BOTH_KILLED);
    }
}
