package dev.botgate.server;

/** Why the gateway ended a client's connection of its own accord. */
enum CloseReason {
    /** A head did not arrive in time, or the rest of a request that was answered already. */
    HEAD_TIMEOUT,
    /** The client took nothing of its reply for too long. */
    WRITE_TIMEOUT,
    /** What clients leave waiting took too much memory, and this one was stalled longest. */
    UNSENT_BYTES,
    /** Requests in a pipeline waited too long for their turn, or took too much memory. */
    PIPELINE,
    /** There were too many connections, and this one was idle longest. */
    IDLE
}
