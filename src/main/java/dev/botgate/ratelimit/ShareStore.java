package dev.botgate.ratelimit;

import dev.botgate.ratelimit.LimitStore.UpstreamThrottle;
import dev.botgate.ratelimit.PermitRequest.Scope;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts one gateway's share of every limit: the limit divided by the number of gateways, rounded down. Safe on any
 * thread.
 *
 * <p>A window longer than {@code hold} is cut to {@code hold} in proportion. If less than one permit is left, it
 * becomes one permit in the average time of a permit.
 */
public final class ShareStore {
    private static final long NO_SHARE_RETRY = 60_000_000;

    private final int gateways;
    private final Duration hold;
    private final MemoryStore store;
    private final Map<Limit, Limit> shares = new ConcurrentHashMap<>();

    /** @param store counts what this gateway admits */
    public ShareStore(int gateways, Duration hold, MemoryStore store) {
        this.gateways = gateways;
        this.hold = hold;
        this.store = store;
    }

    /**
     * Takes one permit of this gateway's share of each scope, for now or for a later time within the patience, or none
     * at all.
     */
    public Decision decide(PermitRequest request) {
        for (int i = 0; i < request.scopes().size(); i++) {
            Limit limit = request.scopes().get(i).limit();
            if (limit.enforced() && limit.windows().stream().anyMatch(window -> window.permits() < gateways)) {
                return Decision.refused(NO_SHARE_RETRY, i);
            }
        }
        return store.decideNow(shared(request));
    }

    /** Gives back a reservation. */
    public void giveBack(PermitRequest request, long reservation) {
        var unused = store.giveBack(shared(request), reservation);
    }

    /** Removes the counts and the cooldown of a scope. */
    public void reset(String key) {
        var unused = store.reset(key);
    }

    /** Applies a throttle of the connector. */
    public void throttle(UpstreamThrottle throttle) {
        var unused = store.throttle(
                new UpstreamThrottle(shared(throttle.scope()), throttle.status(), throttle.cooldown(), throttle.gap()));
    }

    private PermitRequest shared(PermitRequest request) {
        return request.withScopes(request.scopes().stream().map(this::shared).toList());
    }

    private Scope shared(Scope scope) {
        return new Scope(shares.computeIfAbsent(scope.limit(), this::share), scope.key());
    }

    private Limit share(Limit limit) {
        return limit.with(limit.windows().stream().map(this::share).toList());
    }

    private Window share(Window window) {
        if (window.length().compareTo(hold) <= 0 || hold.isZero()) {
            return new Window(Math.max(1, window.permits() / gateways), window.length());
        }
        double part = (double) window.permits()
                / gateways
                * hold.toMillis()
                / window.length().toMillis();
        return part >= 1
                ? new Window((int) part, hold)
                : new Window(1, window.length().multipliedBy(gateways).dividedBy(window.permits()));
    }
}
