package dev.botgate.ratelimit;

/** Where permits are counted. */
public enum StoreKind {
    /** In this process, for one gateway. */
    MEMORY,
    /** In Redis, for all gateways that share it. */
    REDIS
}
