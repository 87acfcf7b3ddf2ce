package dev.botgate.ratelimit;

import java.util.List;

/**
 * What a request asks of a store: one permit of every scope, or none of any.
 *
 * @param scopes in the order of the configuration, each once
 * @param owner stands for the bot where it shares a scope with others
 * @param weight the bot's share there, 1 by default
 * @param patience the part of each limit's maximum wait that this request may use, above 0
 * @param background whether this gives way to what is not
 * @param atMost how long the request itself can wait, in microseconds
 */
public record PermitRequest(
        List<Scope> scopes, int owner, double weight, double patience, boolean background, long atMost) {
    private static final double TWICE = 2;

    public PermitRequest {
        scopes = List.copyOf(scopes);
    }

    /** What gives way to nothing. */
    public PermitRequest(List<Scope> scopes, int owner, double weight, double patience, long atMost) {
        this(scopes, owner, weight, patience, false, atMost);
    }

    /** The same of other scopes. */
    PermitRequest of(List<Scope> others) {
        return new PermitRequest(others, owner, weight, patience, background, atMost);
    }

    /** The same, for a request that can wait no longer than {@code micros}. */
    public PermitRequest within(long micros) {
        return new PermitRequest(scopes, owner, weight, patience, background, Math.max(0, micros));
    }

    /** The same, for a request that was let into a line and can wait for {@code micros} more, with what it is in for. */
    PermitRequest onceMore(long micros) {
        return new PermitRequest(scopes, owner, weight, 1, background, Math.max(0, micros));
    }

    /** The same, for a request that has waited as long as it may, and has to once more. */
    PermitRequest again() {
        return new PermitRequest(scopes, owner, weight, TWICE, background, atMost);
    }

    /** Whether any enforced limit has windows that this request must keep; else only an upstream's word can stop it. */
    public boolean limited() {
        for (Scope scope : scopes) {
            if (scope.limit().limits()) {
                return true;
            }
        }
        return false;
    }

    /**
     * How long this request may be made to wait by whatever limit lets it wait longest, in microseconds: its patience, or,
     * for background work that gives way, all of the limit's wait.
     */
    long longestWait() {
        long longest = 0;
        for (Scope scope : scopes) {
            Limit limit = scope.limit();
            longest = Math.max(longest, Math.max(maximumWaitFor(limit), background ? limit.maximumWaitMicros() : 0));
        }
        return longest;
    }

    /** How long this request may wait for {@code limit}, in microseconds. */
    public long maximumWaitFor(Limit limit) {
        return (long) (limit.maximumWaitMicros() * patience);
    }

    /** How old a permit may be when its request goes, in microseconds: what {@link Limit#tolerance} each limit allows. */
    long tolerance() {
        long least = Long.MAX_VALUE;
        for (Scope scope : scopes) {
            least = Math.min(least, scope.limit().tolerance());
        }
        return least;
    }

    /** How long before its moment a request that waits is told, so as to be ready by then, in microseconds. */
    long lead() {
        long tolerance = tolerance();
        return tolerance == Long.MAX_VALUE ? 0 : Math.min(tolerance, Limit.MAX_LEAD);
    }

    /**
     * One count of a limit.
     *
     * @param key the limit's name and the ids that it counts by, the same in every gateway
     */
    public record Scope(Limit limit, String key) {}
}
