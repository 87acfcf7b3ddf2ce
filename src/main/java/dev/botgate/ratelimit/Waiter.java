package dev.botgate.ratelimit;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.Executor;

/** A request that waits for the store's decision or for its reservation. */
public final class Waiter {
    private final PermitRequest request;
    private final Executor eventLoop;
    private final long arrivedAt;
    private final long latest;
    private final boolean first;
    private final Promise<ReservedPermit> permit = Promise.promise();
    private Decision.Quota quota = Decision.Quota.NONE;
    private boolean askedTwice;
    private volatile boolean left;

    /** @param eventLoop where {@link #permit} completes */
    Waiter(PermitRequest request, Executor eventLoop, long arrivedAt) {
        this(request, eventLoop, arrivedAt, false);
    }

    private Waiter(PermitRequest request, Executor eventLoop, long arrivedAt, boolean first) {
        this.first = first;
        this.request = request;
        this.eventLoop = eventLoop;
        this.arrivedAt = arrivedAt;
        this.latest = arrivedAt + Math.min(request.atMost(), request.longestWait());
    }

    /** A waiter that has waited before, and goes first in its queue. */
    static Waiter again(PermitRequest request, Executor eventLoop, long now) {
        return new Waiter(request, eventLoop, now, true);
    }

    PermitRequest request() {
        return request;
    }

    boolean first() {
        return first;
    }

    /** Until when its limits let it wait. */
    long latest() {
        return latest;
    }

    /** Until when its client waits. */
    long deadline() {
        return request.atMost() < Long.MAX_VALUE - arrivedAt ? arrivedAt + request.atMost() : Long.MAX_VALUE;
    }

    /** Whether this goes before {@code other}, which is background work that has not waited before. */
    boolean overtakes(Waiter other) {
        return other.request.background() && !other.first && !request.background();
    }

    /** The request for another reservation, when the first one is void. */
    PermitRequest askAgain(long now) {
        return request.onceMore(latest - now);
    }

    /** Whether it may ask the store once more after a slow answer; true once. */
    boolean mayAskTwice() {
        boolean may = !askedTwice;
        askedTwice = true;
        return may;
    }

    void promised(Decision.Quota left) {
        quota = left;
    }

    Decision.Quota quota() {
        return quota;
    }

    long waited(long now) {
        return now - arrivedAt;
    }

    /** Succeeds on the request's event loop when it may go; fails with THROTTLED, or CLIENT_GONE where its client has left. */
    public Future<ReservedPermit> permit() {
        return permit.future();
    }

    void leave() {
        left = true;
    }

    boolean hasLeft() {
        return left;
    }

    void admit(ReservedPermit given) {
        eventLoop.execute(() -> permit.tryComplete(given));
    }

    void refuse(Throwable cause) {
        eventLoop.execute(() -> permit.tryFail(cause));
    }
}
