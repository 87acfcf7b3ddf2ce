package dev.botgate.ratelimit;

/** Time that only goes forward, in microseconds from an arbitrary moment. */
@FunctionalInterface
public interface Ticker {
    long micros();

    /** The machine's monotonic clock. */
    static Ticker system() {
        return () -> System.nanoTime() / 1_000;
    }
}
