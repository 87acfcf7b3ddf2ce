package dev.botgate.ratelimit;

import java.util.List;

/**
 * What a request asks of the store: one permit of each scope, or none at all.
 *
 * @param scopes in the order of the configuration, each once
 * @param owner identifies the bot in scopes that several bots share
 * @param weight the bot's share of such scopes, 1 by default
 * @param patience the fraction of each limit's maximum wait that the request may wait, above 0
 * @param background whether other requests go first
 * @param clientWait how long the client waits, in microseconds
 */
public record PermitRequest(
        List<Scope> scopes, int owner, double weight, double patience, boolean background, long clientWait) {
    private static final double RENEWAL_PATIENCE = 2;

    public PermitRequest {
        scopes = List.copyOf(scopes);
    }

    /** The same request with other scopes. */
    PermitRequest withScopes(List<Scope> replacements) {
        return new PermitRequest(replacements, owner, weight, patience, background, clientWait);
    }

    /** The same request of a client that waits for at most {@code micros}. */
    public PermitRequest within(long micros) {
        return new PermitRequest(scopes, owner, weight, patience, background, Math.max(0, micros));
    }

    /**
     * The same request after its reservation became void: it may wait for {@code micros} more, whatever its patience.
     */
    PermitRequest requeued(long micros) {
        return new PermitRequest(scopes, owner, weight, 1, background, Math.max(0, micros));
    }

    /** The same request when its permit is replaced: it has waited already, and may wait once more. */
    PermitRequest forRenewal() {
        return new PermitRequest(scopes, owner, weight, RENEWAL_PATIENCE, background, clientWait);
    }

    /** Whether an enforced limit with windows applies. If not, only a cooldown can stop the request. */
    public boolean limited() {
        for (Scope scope : scopes) {
            if (scope.limit().limits()) {
                return true;
            }
        }
        return false;
    }

    /**
     * The longest time that a limit of this request lets it wait, in microseconds. Background work that was overtaken
     * may wait for the whole maximum wait.
     */
    long maximumWait() {
        long maximum = 0;
        for (Scope scope : scopes) {
            Limit limit = scope.limit();
            maximum = Math.max(maximum, Math.max(maximumWaitFor(limit), background ? limit.maximumWaitMicros() : 0));
        }
        return maximum;
    }

    /** How long this request may wait for {@code limit}, in microseconds. */
    public long maximumWaitFor(Limit limit) {
        return (long) (limit.maximumWaitMicros() * patience);
    }

    /** How long after its time a permit may be used, in microseconds: the minimum of {@link Limit#tolerance}. */
    long tolerance() {
        long minimum = Long.MAX_VALUE;
        for (Scope scope : scopes) {
            minimum = Math.min(minimum, scope.limit().tolerance());
        }
        return minimum;
    }

    /** How long before its time a waiting request is resumed so that it is ready by then, in microseconds. */
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
