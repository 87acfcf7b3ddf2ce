package dev.botgate.cache;

import io.vertx.core.Future;
import java.util.function.Consumer;

/** The gateways that drop together. Safe on any thread. */
public interface InvalidationBus {
    /** Has {@code listener} told of what others drop, on any thread; called once, before anything is told. */
    void onDrop(Consumer<Invalidation> listener);

    /** Tells the others, as soon as that can be done. */
    void tell(Invalidation drop);

    /** Whether this gateway hears of what others drop; else a list may have been dropped elsewhere without its knowledge. */
    boolean hears();

    Future<Void> close();

    /** The fleet of one gateway. */
    static InvalidationBus alone() {
        return new InvalidationBus() {
            @Override
            public void onDrop(Consumer<Invalidation> listener) {}

            @Override
            public void tell(Invalidation drop) {}

            @Override
            public boolean hears() {
                return true;
            }

            @Override
            public Future<Void> close() {
                return Future.succeededFuture();
            }
        };
    }
}
