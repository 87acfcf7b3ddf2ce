package dev.botgate.ratelimit;

import io.vertx.core.Future;
import java.util.List;

/**
 * How far away a store is: the shortest round trip of late, which no answer can beat, so that what one takes longer is
 * jitter. Safe on any thread.
 */
final class Distance {
    private static final long HALF = 15_000_000;
    private static final int ASKED_TO_LEARN = 5;
    private static final PermitRequest NOTHING = new PermitRequest(List.of(), 0, 1, 1, 0);

    private final LimitStore store;
    private final Ticker ticker;
    private long began;
    private long before = Long.MAX_VALUE;
    private long lately = Long.MAX_VALUE;

    Distance(LimitStore store, Ticker ticker) {
        this.store = store;
        this.ticker = ticker;
    }

    /** Asks the store for nothing, some times. */
    Future<Void> learn() {
        Future<Void> learnt = Future.succeededFuture();
        for (int i = 0; i < ASKED_TO_LEARN; i++) {
            learnt = learnt.compose(more -> askNothing());
        }
        return learnt;
    }

    private Future<Void> askNothing() {
        long askedAt = ticker.micros();
        Future<Decision> decided = store.decide(NOTHING);
        return decided.isComplete()
                ? Future.succeededFuture()
                : decided.map(decision -> since(askedAt)).mapEmpty();
    }

    /**
     * Learns from an answer that came now, and tells what part of its round trip is distance, in microseconds; none of the
     * first, whose jitter nobody knows.
     */
    synchronized long since(long askedAt) {
        long now = ticker.micros();
        long shortest = Math.min(before, lately);
        if (shortest == Long.MAX_VALUE) {
            began = now;
        } else if (now - began >= HALF) {
            before = lately;
            lately = Long.MAX_VALUE;
            began = now;
        }
        lately = Math.min(lately, now - askedAt);
        return shortest == Long.MAX_VALUE ? 0 : Math.min(shortest, now - askedAt);
    }

    /** Another store may answer from now on. */
    synchronized void forget() {
        before = Long.MAX_VALUE;
        lately = Long.MAX_VALUE;
    }
}
