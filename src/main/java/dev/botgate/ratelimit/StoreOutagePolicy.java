package dev.botgate.ratelimit;

/** What a gateway does while Redis is gone. */
public enum StoreOutagePolicy {
    /** Keeps its own share of every limit: the limit by the number of gateways, rounded down. */
    SHARE,
    /** Refuses whatever a limit applies to. */
    REFUSE,
    /** Lets everything through. */
    OPEN
}
