package dev.botgate.audit.journal;

import dev.botgate.audit.waiting.WriteQueue;

/**
 * What is left of a journal's bound: less than that, by what lies on disk, and by what is kept free for the outcomes of
 * the exchanges that are under way. Outcomes are taken beyond the bound too.
 *
 * <p>Known on any thread.
 */
final class JournalQuota {
    /** For one outcome. */
    static final long OUTCOME_BYTES = 1_024;

    private final long maximumBytes;
    private final AsyncJournal journal;
    private final WriteQueue waiting;
    private final Verdicts verdicts;

    JournalQuota(long maximumBytes, AsyncJournal journal, WriteQueue waiting, Verdicts verdicts) {
        this.maximumBytes = maximumBytes;
        this.journal = journal;
        this.waiting = waiting;
        this.verdicts = verdicts;
    }

    /** In bytes, as of the last append. */
    long onDisk() {
        return maximumBytes - journal.state().bytes() - verdicts.open() * OUTCOME_BYTES;
    }

    /** Whether there will be some once everything that waits has been appended, by a careful estimate. */
    boolean left() {
        return onDisk() - waiting.bytes() - waiting.count() * OUTCOME_BYTES >= 0;
    }
}
