package dev.botgate.ratelimit;

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
    /** Takes the permits of {@code ask}, now or for a moment within its patience, or refuses it and takes nothing. */
    Future<Decision> decide(PermitRequest ask);

    /** Gives permits back that were not used, whether their moment has come or not; unknown ones are nothing to it. */
    Future<Void> giveBack(PermitRequest ask, long reservation);

    /** Closes a scope for everyone, and forgets the permits that wait in it. */
    Future<Void> throttle(UpstreamThrottle throttle);

    /** Forgets all that is known of a scope: its count, its closure; the others may hear of it when they can be told again. */
    Future<Void> reset(String key);

    /** Calls {@code listener} on any thread when a scope is closed, here or by another gateway. */
    void onClosure(Consumer<Cooldown> listener);

    /** Calls {@code listener} on any thread when what was promised so far is void, and has to be asked for again. */
    void onUpheaval(Runnable listener);

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
}
