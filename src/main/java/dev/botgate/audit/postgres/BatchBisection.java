package dev.botgate.audit.postgres;

/**
 * The entries at the queue's head among which is one that the database refuses: halved until that one is alone, so that
 * of a thousand some twenty commits find it.
 *
 * <p>Used on the trail's context only.
 */
final class BatchBisection {
    private int count;
    private int limit;

    /** How many entries the next commit may take, where otherwise it could take {@code maximum}. */
    int limit(int maximum) {
        return count == 0 ? maximum : Math.min(limit, maximum);
    }

    /** Of the first {@code entries}, more than one, one is refused. */
    void found(int entries) {
        count = Math.max(count, entries);
        limit = entries / 2;
    }

    /** The first {@code entries} have been taken. */
    void cleared(int entries) {
        count = Math.max(0, count - entries);
    }

    /** The first entry alone was refused; the others may be innocent. */
    void convicted() {
        cleared(1);
        limit = Math.max(1, count);
    }
}
