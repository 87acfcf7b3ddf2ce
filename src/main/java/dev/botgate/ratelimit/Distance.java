package dev.botgate.ratelimit;

/**
 * How far away a store is: the shortest round trip of late, which no answer can beat, so that what one took longer is
 * jitter. Safe on any thread.
 */
final class Distance {
    private static final long HALF = 15_000_000;

    private long began = Long.MIN_VALUE;
    private long before = Long.MAX_VALUE;
    private long since = Long.MAX_VALUE;

    /**
     * Learns from an answer, and tells what part of its round trip is distance; none of the first, whose jitter nobody
     * knows.
     */
    synchronized long of(long roundTrip, long now) {
        long shortest = Math.min(before, since);
        if (began == Long.MIN_VALUE || now - began >= HALF) {
            before = since;
            since = Long.MAX_VALUE;
            began = now;
        }
        since = Math.min(since, roundTrip);
        return shortest == Long.MAX_VALUE ? 0 : Math.min(shortest, roundTrip);
    }

    /** Another store may answer from now on. */
    synchronized void forget() {
        began = Long.MIN_VALUE;
        before = Long.MAX_VALUE;
        since = Long.MAX_VALUE;
    }
}
