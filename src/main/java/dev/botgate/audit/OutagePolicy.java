package dev.botgate.audit;

/** What becomes of mutations while PostgreSQL cannot record them. */
public enum OutagePolicy {
    /** They are refused, and nothing is forwarded. */
    REFUSE,
    /** They are recorded in a local file, which is drained into PostgreSQL when it returns. */
    JOURNAL
}
