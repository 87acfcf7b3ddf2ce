package dev.botgate.cache;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * That something could not be loaded the last time, so that the next request need not wait to find out. Times are by the
 * cache's ticker. Safe on any thread.
 */
final class LoadFailure {
    /** How long a failure is worth knowing. */
    static final long REMEMBERED = TimeUnit.MINUTES.toNanos(2);

    /** The least time between two tries to find out whether it is over. */
    static final long BETWEEN_TRIES = TimeUnit.SECONDS.toNanos(1);

    private final AtomicLong triedAt = new AtomicLong();
    private volatile long failedAt;
    private volatile boolean failed;

    void failed(long now) {
        triedAt.set(now);
        failedAt = now;
        failed = true;
    }

    void over() {
        failed = false;
    }

    boolean known(long now) {
        return failed && now - failedAt < REMEMBERED;
    }

    /** Whether the caller should try now; true for one caller at a time. */
    boolean worthATry(long now) {
        long last = triedAt.get();
        return now - last >= BETWEEN_TRIES && triedAt.compareAndSet(last, now);
    }
}
