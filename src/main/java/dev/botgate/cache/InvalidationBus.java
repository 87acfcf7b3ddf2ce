package dev.botgate.cache;

import java.util.function.Consumer;

/** Invalidations between the gateways that share them. Safe on any thread. */
public interface InvalidationBus {
    /**
     * Sets the listener of other gateways' invalidations, which is called on any thread; called once, before there are
     * any.
     */
    void onInvalidation(Consumer<Invalidation> listener);

    /** Sends an invalidation to the other gateways, as soon as possible. */
    void send(Invalidation invalidation);

    /** Whether this gateway receives the others' invalidations; otherwise it serves nothing stale. */
    boolean receives();

    /** The bus of a single gateway. */
    static InvalidationBus alone() {
        return new InvalidationBus() {
            @Override
            public void onInvalidation(Consumer<Invalidation> listener) {}

            @Override
            public void send(Invalidation invalidation) {}

            @Override
            public boolean receives() {
                return true;
            }
        };
    }
}
