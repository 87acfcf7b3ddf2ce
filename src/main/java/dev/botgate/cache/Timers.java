package dev.botgate.cache;

import io.vertx.core.Vertx;
import java.time.Duration;

/** Runs things later. */
@FunctionalInterface
public interface Timers {
    /** Runs {@code task} in {@code delay}, on the caller's event loop. @return gives the task up */
    Runnable in(Duration delay, Runnable task);

    static Timers of(Vertx vertx) {
        return (delay, task) -> {
            long timer = vertx.setTimer(Math.max(1, delay.toMillis()), id -> task.run());
            return () -> {
                var unused = vertx.cancelTimer(timer);
            };
        };
    }
}
