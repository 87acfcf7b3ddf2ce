package dev.botgate.cache;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The other gateways, simulated by the test. */
final class HeldFleet implements InvalidationBus {
    private final List<Invalidation> sent = new CopyOnWriteArrayList<>();
    private Consumer<Invalidation> listener = drop -> {};
    private volatile boolean receives = true;

    @Override
    public void onInvalidation(Consumer<Invalidation> newListener) {
        listener = newListener;
    }

    @Override
    public void send(Invalidation drop) {
        sent.add(drop);
    }

    @Override
    public boolean receives() {
        return receives;
    }

    /** Another gateway invalidates lists. */
    void invalidate(Invalidation drop) {
        listener.accept(drop);
    }

    void setReceives(boolean value) {
        receives = value;
    }

    List<Invalidation> sent() {
        return sent;
    }
}
