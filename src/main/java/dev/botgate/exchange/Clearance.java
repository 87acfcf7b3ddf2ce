package dev.botgate.exchange;

import io.vertx.core.Future;

/** The leave to send a call: given before its body was read, it may have grown old until the call is ready. */
@FunctionalInterface
public interface Clearance {
    /** The leave of a call that nobody counts. */
    Clearance UNLIMITED = Future::succeededFuture;

    /**
     * Asked for when the call is ready, and again right before the first byte goes out where that was not at once; on the
     * call's event loop.
     *
     * @return succeeds when the call may go, with another leave in place of one that is too old; fails with THROTTLED when
     *     there is none
     */
    Future<Void> renewed();
}
