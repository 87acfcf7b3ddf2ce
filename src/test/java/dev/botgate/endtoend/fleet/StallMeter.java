package dev.botgate.endtoend.fleet;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Finds out for how long the machine leaves a thread waiting that is ready to run. */
final class StallMeter implements AutoCloseable {
    private static final long TICK_NANOS = 5_000_000;

    private final AtomicLong longestNanos = new AtomicLong();
    private final Thread thread = new Thread(this::run, "metronome");
    private volatile boolean stopped;

    static StallMeter start() {
        StallMeter metronome = new StallMeter();
        metronome.thread.setDaemon(true);
        metronome.thread.start();
        return metronome;
    }

    private void run() {
        long before = System.nanoTime();
        while (!stopped) {
            LockSupport.parkNanos(TICK_NANOS);
            long now = System.nanoTime();
            long late = now - before - TICK_NANOS;
            longestNanos.accumulateAndGet(late, Math::max);
            before = now;
        }
    }

    /** The longest stall so far, in milliseconds. */
    double longestMillis() {
        return longestNanos.get() / 1e6;
    }

    @Override
    public void close() {
        stopped = true;
        LockSupport.unpark(thread);
    }
}
