package dev.botgate.exchange;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Timeouts of one duration that share one timer: most are cancelled early, and a timer for each would be expensive.
 *
 * <p>An instance belongs to one event loop, on which everything is called.
 */
public final class Deadlines {
    private final long nanos;
    private final LongSupplier nanoTime;
    private final Timer timer;
    private @Nullable Deadline first;
    private @Nullable Deadline last;
    private boolean armed;

    /** Runs something once, no earlier than in {@code millis}, on the event loop. */
    @FunctionalInterface
    public interface Timer {
        void in(long millis, Runnable task);
    }

    /** @param nanoTime measures time passed, such as {@code System::nanoTime} */
    public Deadlines(Duration time, LongSupplier nanoTime, Timer timer) {
        this.nanos = time.toNanos();
        this.nanoTime = nanoTime;
        this.timer = timer;
    }

    /** Deadlines of the current event loop, each {@code time} after it is set. */
    public static Deadlines of(Vertx vertx, Duration time) {
        return new Deadlines(time, System::nanoTime, (millis, task) -> vertx.setTimer(millis, id -> task.run()));
    }

    /** The duration. */
    public Duration time() {
        return Duration.ofNanos(nanos);
    }

    /** One timeout. */
    public final class Deadline {
        private final long dueNanos;
        private final Runnable onTimeout;
        private @Nullable Deadline before;
        private @Nullable Deadline after;
        private boolean done;

        private Deadline(long dueNanos, Runnable onTimeout) {
            this.dueNanos = dueNanos;
            this.onTimeout = onTimeout;
        }

        /** Cancels this timeout, unless it has run. */
        public void cancel() {
            if (!done) {
                unlink(this);
            }
        }
    }

    /** Runs {@code onTimeout} after the duration, unless it is cancelled before. */
    public Deadline set(Runnable onTimeout) {
        Deadline deadline = new Deadline(nanoTime.getAsLong() + nanos, onTimeout);
        Deadline previous = last;
        deadline.before = previous;
        last = deadline;
        if (previous == null) {
            first = deadline;
        } else {
            previous.after = deadline;
        }
        arm(deadline.dueNanos - nanos);
        return deadline;
    }

    private void arm(long now) {
        Deadline next = first;
        if (!armed && next != null) {
            armed = true;
            // A millisecond more, since what remains is rounded down.
            timer.in(Math.max(0, TimeUnit.NANOSECONDS.toMillis(next.dueNanos - now)) + 1, this::expire);
        }
    }

    private void expire() {
        armed = false;
        long now = nanoTime.getAsLong();
        for (Deadline next = first; next != null && next.dueNanos - now <= 0; next = first) {
            unlink(next);
            try {
                next.onTimeout.run();
            } catch (RuntimeException | Error bug) {
                arm(now);
                throw bug;
            }
        }
        arm(now);
    }

    private void unlink(Deadline deadline) {
        Deadline before = deadline.before;
        Deadline after = deadline.after;
        if (before == null) {
            first = after;
        } else {
            before.after = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.before = before;
        }
        deadline.done = true;
        deadline.before = null;
        deadline.after = null;
    }
}
