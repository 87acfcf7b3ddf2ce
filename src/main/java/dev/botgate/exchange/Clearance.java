package dev.botgate.exchange;

import io.vertx.core.Future;

/**
 * The leave to send a call: given before its body was read, it may have grown old until the call is ready. Used on the
 * call's event loop.
 */
public interface Clearance {
    /** The leave of a call that nobody counts. */
    Clearance UNLIMITED = new Clearance() {
        @Override
        public Future<Void> renewed() {
            return Future.succeededFuture();
        }

        @Override
        public Future<Boolean> last() {
            return Future.succeededFuture(true);
        }
    };

    /**
     * Asked for when the call is ready, before it has a connection.
     *
     * @return succeeds when the call may go, with another leave in place of one that is too old; fails with THROTTLED when
     *     there is none
     */
    Future<Void> renewed();

    /**
     * Asked for once more when all is there that the call needs, right before its first byte goes out.
     *
     * @return true when the call may go and is sent; false as soon as it is known that it has to wait for another leave, so
     *     that it gives back what others need meanwhile and waits for {@link #renewed}; fails as that does
     */
    Future<Boolean> last();

    /** Says that the first byte of the request is handed to a connection: from here on the leave is used up. */
    default void sent() {}

    /** Says that the attempt has ended. Where nothing was {@link #sent}, the leave is given back; once, however often this is said. */
    default void ended() {}
}
