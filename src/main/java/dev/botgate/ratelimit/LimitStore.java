package dev.botgate.ratelimit;

import dev.botgate.ratelimit.PermitRequest.Scope;
import io.vertx.core.Future;
import java.util.function.Consumer;

/**
 * Counts permits.
 *
 * <p>Every store guarantees: in any interval of a window's length, by the store's clock, an enforced limit admits no
 * more requests than the window allows. A request takes one permit of each of its scopes, or none. A decision is final,
 * so the time of admission is known at once. State expires by itself. Safe on any thread; no method throws or blocks.
 */
public interface LimitStore {
    /**
     * Takes the permits of {@code request}, for now or for a later time within its patience; or refuses it and takes
     * nothing.
     */
    Future<Decision> decide(PermitRequest request);

    /** Gives unused permits back, before or after their time; does nothing for an unknown reservation. */
    Future<Void> giveBack(PermitRequest request, long reservation);

    /** Begins a cooldown of a scope in every gateway, and removes its reservations. */
    Future<Void> throttle(UpstreamThrottle throttle);

    /**
     * Removes the counts and the cooldown of a scope in every gateway; fails with GATEWAY_BUSY while the store is gone.
     */
    Future<Void> reset(String key);

    /** Calls {@code listener} on any thread when a cooldown begins, here or in another gateway, and when a scope is reset. */
    void onCooldown(Consumer<Cooldown> listener);

    /** Calls {@code listener} on any thread when all reservations have become void and must be made again. */
    void onReservationsInvalidated(Runnable listener);

    /** The state of the store. */
    Health health();

    /**
     * The state of a store.
     *
     * @param kind {@code memory} or {@code redis}
     * @param state {@code up}, {@code settling} (requests need a permit of the gateway's share as well) or {@code gone}
     * @param gateways the known number of gateways that share the limits
     */
    record Health(String kind, String state, int gateways) {}

    /**
     * A time in which no request of a scope may be sent; or its end, when an operator has reset the scope.
     *
     * @param key the scope's {@link Scope#key}
     * @param status the connector's 429 or 412; 0 after a reset
     * @param remaining the remaining time in microseconds
     * @param factor the fraction to which the limit is lowered; 1 if it is not
     */
    record Cooldown(String key, int status, long remaining, double factor) {
        public boolean wasReset() {
            return status == 0;
        }
    }

    /**
     * A connector's 429 or 412.
     *
     * @param cooldown the time of {@code Retry-After} in microseconds; 0 without it
     * @param gap the spacing of admissions after the cooldown, in microseconds
     */
    record UpstreamThrottle(Scope scope, int status, long cooldown, long gap) {}
}
