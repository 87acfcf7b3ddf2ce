package dev.botgate.audit;

/** How much of a mutation is recorded. */
public enum RecordingLevel {
    /** Nothing: it is forwarded without an intent, and nobody will know of it. */
    NONE,
    /** Who did what, when, and how it ended; of its body length and digest. */
    METADATA,
    /** Its body too. */
    BODY
}
