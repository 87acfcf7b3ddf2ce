package dev.botgate.ratelimit;

import dev.botgate.ratelimit.PermitRequest.Scope;
import io.vertx.core.Future;
import java.util.function.Consumer;

/**
 * Counts permits.
 *
 * <p>What every store promises: of no window of no enforced limit are more permits taken, in any interval of the window's
 * length, than it allows, by the store's own clock; a request takes one permit of each of its scopes or none; what was
 * decided is final, so the moment of admission is known when a request joins. State expires by itself. Safe on any
 * thread; no method throws or blocks.
 */
public interface LimitStore {
    /** Takes the permits of {@code request}, now or for a moment within its patience, or refuses it and takes nothing. */
    Future<Decision> decide(PermitRequest request);

    /** Gives permits back that were not used, whether their moment has come or not; unknown ones are nothing to it. */
    Future<Void> giveBack(PermitRequest request, long reservation);

    /** Begins a cooldown of a scope in every gateway, and forgets the reservations in it. */
    Future<Void> throttle(UpstreamThrottle throttle);

    /** Forgets a scope, its count and its cooldown, in every gateway; fails with GATEWAY_BUSY while the store is gone. */
    Future<Void> reset(String key);

    /** Calls {@code listener} on any thread when a cooldown begins, here or in another gateway, and when a scope is reset. */
    void onCooldown(Consumer<Cooldown> listener);

    /** Calls {@code listener} on any thread when all reservations are void, and have to be made again. */
    void onReservationsInvalidated(Runnable listener);

    /** How the store is. */
    Health health();

    /**
     * How a store is.
     *
     * @param kind {@code memory} or {@code redis}
     * @param state {@code up}; or {@code settling} (shares are kept as well) or {@code gone}
     * @param gateways how many share the limits, as far as is known
     */
    record Health(String kind, String state, int gateways) {}

    /**
     * A time in which nothing of a scope may be sent; or the end of one, where an operator reset the scope.
     *
     * @param key the scope's {@link Scope#key}
     * @param status the connector's 429 or 412; 0 after a reset
     * @param remaining how much longer it takes, in microseconds
     * @param factor the part of the limit that is left to it, 1 for all
     */
    record Cooldown(String key, int status, long remaining, double factor) {
        public boolean wasReset() {
            return status == 0;
        }
    }

    /**
     * A connector's 429 or 412.
     *
     * @param cooldown how long nothing may be sent, in microseconds; 0 without {@code Retry-After}
     * @param gap how far apart admissions stay after the cooldown, in microseconds
     */
    record UpstreamThrottle(Scope scope, int status, long cooldown, long gap) {}
}
