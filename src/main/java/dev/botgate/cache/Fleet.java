package dev.botgate.cache;

import io.vertx.core.Future;
import java.util.function.Consumer;

/** The gateways that drop together. Safe on any thread. */
public interface Fleet {
    /** Has {@code listener} told of what others drop, on any thread; called once, before anything is told. */
    void onDrop(Consumer<Drop> listener);

    /** Tells the others, as soon as that can be done. */
    void tell(Drop drop);

    /** Whether this gateway hears of what others drop; else a list may have been dropped elsewhere without its knowledge. */
    boolean hears();

    Future<Void> close();

    /** The fleet of one gateway. */
    static Fleet alone() {
        return new Fleet() {
            @Override
            public void onDrop(Consumer<Drop> listener) {}

            @Override
            public void tell(Drop drop) {}

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
