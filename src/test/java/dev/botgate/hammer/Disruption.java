package dev.botgate.hammer;

import dev.botgate.audit.OutagePolicy;
import java.util.List;

/** What is done to a gateway, its database and its disk in the middle of the work. Instants are drawn anew for each. */
enum Disruption {
    /** The gateway just after the database has come back. */
    GATEWAY_KILLED_WHILE_DRAINING,
    /** The disk is full while the journal is needed. */
    DISK_FULL,
    /** The gateway, which starts again while the database is still away. */
    GATEWAY_STARTED_DURING_OUTAGE,
    /** The gateway while the disk is full, with outcomes that are nowhere yet. */
    GATEWAY_KILLED_WITH_DISK_FULL,
    /** Both at once. */
    BOTH_KILLED,
    /** The database says nothing for a while, and then goes on as if nothing had happened. */
    DATABASE_FROZEN,
    GATEWAY_KILLED,
    DATABASE_KILLED,
    /** The gateway while it writes to its journal, so that the next one finds that. */
    GATEWAY_KILLED_DURING_OUTAGE,
    /** The database for so long that the journal is full. */
    JOURNAL_FULL;

    /** What can be done to a gateway of {@code policy}; the first few are what a short run does. */
    static List<Disruption> on(OutagePolicy policy) {
        return policy == OutagePolicy.JOURNAL
                ? List.of(values())
                : List.of(BOTH_KILLED, DATABASE_FROZEN, GATEWAY_KILLED, DATABASE_KILLED);
    }
}
