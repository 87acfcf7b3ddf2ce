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
        private final Runnable late;
        private @Nullable Deadline before;
        private @Nullable Deadline after;
        private boolean over;

        private Deadline(long dueNanos, Runnable late) {
            this.dueNanos = dueNanos;
            this.late = late;
        }

        /** Cancels it, unless it has run. */
        public void cancel() {
            if (!over) {
                unlink(this);
            }
        }
    }

    /** Runs {@code late} after the duration, unless it is cancelled before. */
    public Deadline set(Runnable late) {
        Deadline deadline = new Deadline(nanoTime.getAsLong() + nanos, late);
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
            timer.in(Math.max(0, TimeUnit.NANOSECONDS.toMillis(next.dueNanos - now)) + 1, this::come);
        }
    }

    private void come() {
        armed = false;
        long now = nanoTime.getAsLong();
        for (Deadline next = first; next != null && next.dueNanos - now <= 0; next = first) {
            unlink(next);
            try {
                next.late.run();
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
        deadline.over = true;
        deadline.before = null;
        deadline.after = null;
    }
}
