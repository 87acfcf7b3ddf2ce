package dev.botgate.ratelimit;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.Executor;

/** A request that waits for the store's decision or for its reservation. */
public final class Waiter {
    private final PermitRequest request;
    private final Executor eventLoop;
    private final long arrivedAt;
    private final long limitDeadline;
    private final boolean goesFirst;
    private final Promise<ReservedPermit> permit = Promise.promise();
    private Decision.Quota quota = Decision.Quota.NONE;
    private boolean secondAskUsed;
    private volatile boolean left;

    /** @param eventLoop where {@link #permit} completes */
    Waiter(PermitRequest request, Executor eventLoop, long arrivedAt) {
        this(request, eventLoop, arrivedAt, false);
    }

    private Waiter(PermitRequest request, Executor eventLoop, long arrivedAt, boolean goesFirst) {
        this.goesFirst = goesFirst;
        this.request = request;
        this.eventLoop = eventLoop;
        this.arrivedAt = arrivedAt;
        this.limitDeadline = arrivedAt + Math.min(request.clientWait(), request.maximumWait());
    }

    /** A waiter whose permit is replaced; it goes first in its queue. */
    static Waiter forRenewal(PermitRequest request, Executor eventLoop, long now) {
        return new Waiter(request, eventLoop, now, true);
    }

    PermitRequest request() {
        return request;
    }

    boolean goesFirst() {
        return goesFirst;
    }

    /** The time until which its limits let it wait. */
    long limitDeadline() {
        return limitDeadline;
    }

    /** The time until which its client waits. */
    long clientDeadline() {
        return request.clientWait() < Long.MAX_VALUE - arrivedAt ? arrivedAt + request.clientWait() : Long.MAX_VALUE;
    }

    /** Whether this goes before {@code other}, background work whose permit is not being replaced. */
    boolean overtakes(Waiter other) {
        return other.request.background() && !other.goesFirst && !request.background();
    }

    /** The request for another reservation after the first one became void. */
    PermitRequest requeued(long now) {
        return request.requeued(limitDeadline - now);
    }

    /** Whether the store may be asked a second time after a slow answer; true once. */
    boolean useSecondAsk() {
        boolean may = !secondAskUsed;
        secondAskUsed = true;
        return may;
    }

    void setQuota(Decision.Quota left) {
        quota = left;
    }

    Decision.Quota quota() {
        return quota;
    }

    long waited(long now) {
        return now - arrivedAt;
    }

    /**
     * Succeeds on the request's event loop when it is admitted; fails with THROTTLED, or with CLIENT_GONE once its
     * client has disconnected.
     */
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
