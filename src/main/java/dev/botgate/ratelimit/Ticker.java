package dev.botgate.ratelimit;

/** A clock that only goes forward. */
@FunctionalInterface
public interface Ticker {
    /** Microseconds from an arbitrary time. */
    long micros();

    /** The machine's monotonic clock. */
    static Ticker system() {
        return () -> System.nanoTime() / 1_000;
    }
}
