package dev.botgate.ratelimit;

/** What a limit does with a request that it has no permit for. */
public enum LimitMode {
    /** Lets it wait, or refuses it. */
    ENFORCE,
    /** Counts and reports it, and lets it through. */
    SHADOW
}
