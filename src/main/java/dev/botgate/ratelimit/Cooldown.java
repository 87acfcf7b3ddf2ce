package dev.botgate.ratelimit;

/**
 * Told to every gateway: a scope was closed, or, with nothing remaining, opened by an operator.
 *
 * @param key the scope's {@link Scope#key}
 * @param status what the upstream answered
 * @param remaining how long it stays closed, in microseconds
 * @param factor the part of the limit that is left to it, 1 for all
 */
public record Cooldown(String key, int status, long remaining, double factor) {
    /** Whether an operator opened it. */
    public boolean opened() {
        return status == 0;
    }
}
