package dev.botgate.ratelimit;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.Executor;

/** A request that waits for the store's decision or for its reservation. */
public final class Waiter {
    private final PermitRequest request;
    private final Executor home;
    private final long arrivedAt;
    private final long latest;
    private final boolean before;
    private final Promise<ReservedPermit> permit = Promise.promise();
    private Decision.Quota quota = Decision.Quota.NONE;
    private boolean askedOnceMore;
    private volatile boolean left;

    /** @param home the event loop on which the permit is told */
    Waiter(PermitRequest request, Executor home, long arrivedAt) {
        this(request, home, arrivedAt, false);
    }

    private Waiter(PermitRequest request, Executor home, long arrivedAt, boolean before) {
        this.before = before;
        this.request = request;
        this.home = home;
        this.arrivedAt = arrivedAt;
        this.latest = arrivedAt + Math.min(request.atMost(), request.longestWait());
    }

    /** One that has waited already, and goes first in its queue. */
    static Waiter again(PermitRequest request, Executor home, long now) {
        return new Waiter(request, home, now, true);
    }

    PermitRequest request() {
        return request;
    }

    boolean before() {
        return before;
    }

    /** Until when it may be made to wait, whatever it was promised. */
    long latest() {
        return latest;
    }

    /** Until when the request itself can wait, whatever its limits allow. */
    long deadline() {
        return request.atMost() < Long.MAX_VALUE - arrivedAt ? arrivedAt + request.atMost() : Long.MAX_VALUE;
    }

    /** Whether {@code other} is background work whose first turn it is, and this is not background work. */
    boolean overtakes(Waiter other) {
        return other.request.background() && !other.before && !request.background();
    }

    /** What this request asks for when what it was promised is void. */
    PermitRequest askAgain(long now) {
        return request.onceMore(latest - now);
    }

    /** Whether this may ask once more before it waits, since it was told too late what moment it has; true once. */
    boolean asksOnceMore() {
        boolean may = !askedOnceMore;
        askedOnceMore = true;
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
        home.execute(() -> permit.tryComplete(given));
    }

    void refuse(Throwable cause) {
        home.execute(() -> permit.tryFail(cause));
    }
}
