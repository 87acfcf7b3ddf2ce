package dev.botgate.ratelimit;

/**
 * An upstream's word on a scope.
 *
 * @param status 429 or 412
 * @param closed how long nothing may be sent, in microseconds; 0 where the upstream named no time
 * @param gap how far apart admissions stay while they restart, in microseconds
 */
public record UpstreamThrottle(Scope scope, int status, long closed, long gap) {}
