package dev.botgate.cache;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The other gateways, simulated by the test. */
final class HeldFleet implements InvalidationBus {
    private final List<Invalidation> told = new CopyOnWriteArrayList<>();
    private Consumer<Invalidation> listener = drop -> {};
    private volatile boolean hears = true;

    @Override
    public void onInvalidation(Consumer<Invalidation> heard) {
        listener = heard;
    }

    @Override
    public void send(Invalidation drop) {
        told.add(drop);
    }

    @Override
    public boolean receives() {
        return hears;
    }

    /** Another gateway invalidates lists. */
    void drops(Invalidation drop) {
        listener.accept(drop);
    }

    void hears(boolean again) {
        hears = again;
    }

    List<Invalidation> told() {
        return told;
    }
}
