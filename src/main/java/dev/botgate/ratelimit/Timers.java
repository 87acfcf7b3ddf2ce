package dev.botgate.ratelimit;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.concurrent.Executor;

/** A clock, timers, and the caller's event loop. */
public interface Timers extends Ticker {
    /**
     * Runs {@code task} no earlier than in {@code micros}, on the caller's event loop.
     *
     * @return cancels the task, on any thread
     */
    Runnable after(long micros, Runnable task);

    /** The caller's event loop. */
    Executor here();

    /** The timers of {@code vertx}, with a resolution of one millisecond. */
    static Timers of(Vertx vertx) {
        return new Timers() {
            @Override
            public long micros() {
                return System.nanoTime() / 1_000;
            }

            @Override
            public Runnable after(long micros, Runnable task) {
                long timer = vertx.setTimer(Math.max(1, (micros + 999) / 1_000), id -> task.run());
                return () -> {
                    var unused = vertx.cancelTimer(timer);
                };
            }

            @Override
            public Executor here() {
                Context context = vertx.getOrCreateContext();
                return task -> {
                    if (Vertx.currentContext() == context) {
                        task.run();
                    } else {
                        context.runOnContext(ignored -> task.run());
                    }
                };
            }
        };
    }
}
