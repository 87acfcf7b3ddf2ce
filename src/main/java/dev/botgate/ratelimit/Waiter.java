package dev.botgate.ratelimit;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.Executor;

/** A request that is not decided, or waits for its moment. */
final class Waiter {
    private final PermitRequest ask;
    private final Executor home;
    private final long arrivedAt;
    private final long latest;
    private final boolean before;
    private final Promise<ReservedPermit> permit = Promise.promise();
    private Decision.Quota quota = Decision.Quota.NONE;
    private boolean askedOnceMore;
    private volatile boolean left;

    /** @param home the event loop on which the permit is told */
    Waiter(PermitRequest ask, Executor home, long arrivedAt) {
        this(ask, home, arrivedAt, false);
    }

    private Waiter(PermitRequest ask, Executor home, long arrivedAt, boolean before) {
        this.before = before;
        this.ask = ask;
        this.home = home;
        this.arrivedAt = arrivedAt;
        this.latest = arrivedAt + Math.min(ask.atMost(), ask.longestWait());
    }

    /** One that has waited already, and goes first in its queue. */
    static Waiter again(PermitRequest ask, Executor home, long now) {
        return new Waiter(ask, home, now, true);
    }

    PermitRequest ask() {
        return ask;
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
        return ask.atMost() < Long.MAX_VALUE - arrivedAt ? arrivedAt + ask.atMost() : Long.MAX_VALUE;
    }

    /** Whether {@code other} is background work whose first turn it is, and this is not background work. */
    boolean goesBefore(Waiter other) {
        return other.ask.background() && !other.before && !ask.background();
    }

    /** What this request asks for when what it was promised is void. */
    PermitRequest askAgain(long now) {
        return ask.onceMore(latest - now);
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

    Future<ReservedPermit> permit() {
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
