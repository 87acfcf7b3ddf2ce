package dev.botgate.cache;

import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import io.vertx.core.MultiMap;
import java.util.Locale;
import java.util.Set;

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

    /** The request's headers that every key holds, so that a reply may vary by them. */
    private static final Set<String> IN_THE_KEY = Set.of("accept", "accept-encoding", "accept-language");

    /** @param notFoundToo whether a 404 may be kept */
    static StoreDecision of(Reply reply, MemberKey key, boolean notFoundToo) {
        MultiMap headers = reply.headers();
        boolean forOneOnly = reply.body() instanceof ReplyBody.Streamed
                || headers.contains("Set-Cookie")
                || CacheControl.of(headers).has("no-store")
                || variesBeyond(key, headers);
        if (forOneOnly) {
            return FORWARD;
        }
        boolean keepable = reply.status() == 200 || (notFoundToo && reply.status() == 404);
        return keepable && reply.body() instanceof ReplyBody.Whole ? STORE : SHARE;
    }

    private static boolean variesBeyond(MemberKey key, MultiMap headers) {
        for (String value : headers.getAll("Vary")) {
            for (String name : value.split(",", -1)) {
                String header = name.strip().toLowerCase(Locale.ROOT);
                boolean known = IN_THE_KEY.contains(header)
                        || (header.equals("authorization") && key.owner().isOneCredential());
                if (!header.isEmpty() && !known) {
                    return true;
                }
            }
        }
        return false;
    }
}
