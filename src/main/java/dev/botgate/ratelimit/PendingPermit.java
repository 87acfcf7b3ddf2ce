package dev.botgate.ratelimit;

import io.vertx.core.Future;

/** A request on its way in. */
public interface PendingPermit {
    /** Succeeds on the request's event loop when it may go; fails with THROTTLED, or with CLIENT_GONE after {@link #leave}. */
    Future<ReservedPermit> permit();

    /** Gives the place up, for a client that has gone; does nothing once the permit was given or refused. */
    void leave();
}
