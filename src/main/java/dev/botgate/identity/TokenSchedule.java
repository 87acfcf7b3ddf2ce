package dev.botgate.identity;

import io.vertx.core.Vertx;
import java.time.Duration;

/** Runs things later. */
@FunctionalInterface
interface TokenSchedule {
    /**
     * Runs {@code task} in {@code delay}.
     *
     * @return gives the task up, from any thread
     */
    Runnable in(Duration delay, Runnable task);

    /** The timers of {@code vertx}. */
    static TokenSchedule of(Vertx vertx) {
        return (delay, task) -> {
            long timer = vertx.setTimer(Math.max(1, delay.toMillis()), id -> task.run());
            return () -> {
                var unused = vertx.cancelTimer(timer);
            };
        };
    }
}
