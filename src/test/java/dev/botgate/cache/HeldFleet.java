package dev.botgate.cache;

import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Other gateways, played by the test. */
final class HeldFleet implements Fleet {
    private final List<Drop> told = new CopyOnWriteArrayList<>();
    private Consumer<Drop> listener = drop -> {};
    private volatile boolean hears = true;

    @Override
    public void onDrop(Consumer<Drop> heard) {
        listener = heard;
    }

    @Override
    public void tell(Drop drop) {
        told.add(drop);
    }

    @Override
    public boolean hears() {
        return hears;
    }

    @Override
    public Future<Void> close() {
        return Future.succeededFuture();
    }

    /** What another gateway drops. */
    void drops(Drop drop) {
        listener.accept(drop);
    }

    void hears(boolean again) {
        hears = again;
    }

    List<Drop> told() {
        return told;
    }
}
