package dev.botgate.ratelimit;

/**
 * One count of a limit.
 *
 * @param key the limit's name and the ids that it counts by, the same in every gateway
 */
public record Scope(Limit limit, String key) {}
