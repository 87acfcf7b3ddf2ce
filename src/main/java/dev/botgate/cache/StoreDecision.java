package dev.botgate.cache;

import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;

/**
 * What may become of the reply to a load.
 *
 * <p>Keys are per caller, so the cache is a private one in the sense of RFC 9111: {@code private} does not forbid to keep
 * a list, nor does {@code Authorization} in the request.
 */
enum StoreDecision {
    /** Kept, and given to all who wait. */
    STORE,
    /** Given to all who wait, and forgotten. */
    SHARE,
    /** For the one request only that went upstream; who waits besides must ask for itself. */
    FORWARD;

    /** @param notFoundToo whether a 404 may be kept */
    static StoreDecision of(Reply reply, ListKey key, boolean notFoundToo) {
        if (NotStoredReason.forOneOnly(reply, key).isPresent()) {
            return FORWARD;
        }
        boolean keepable = reply.status() == 200 || (notFoundToo && reply.status() == 404);
        return keepable && reply.body() instanceof ReplyBody.Whole ? STORE : SHARE;
    }
}
