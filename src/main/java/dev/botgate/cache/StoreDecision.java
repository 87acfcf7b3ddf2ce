package dev.botgate.cache;

import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import io.vertx.core.MultiMap;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What may become of the reply to a load.
 *
 * <p>Keys are per caller, so the cache is a private one in the sense of RFC 9111: neither {@code private} nor the request's
 * {@code Authorization} forbids to store a list.
 */
enum StoreDecision {
    /** Stored, and given to all who wait. */
    STORE,
    /** Given to all who wait, and not stored. */
    SHARE,
    /** For the request that went upstream only; who waits besides must send its own. */
    FORWARD;

    /** Why a list that was loaded is not stored. */
    enum Reason {
        /** Larger than the gateway holds, or than the cache. */
        TOO_LARGE,
        SET_COOKIE,
        NO_STORE,
        /** It varies by more headers than the key has. */
        VARY,
        /** {@code no-cache}, and no validator. */
        NO_CACHE,
        /** Too old when it came, and no validator. */
        OUT_OF_DATE,
        /** Another load took its place, or its conversation was invalidated, while it was loaded. */
        SUPERSEDED;

        private final String text = name().toLowerCase(Locale.ROOT).replace('_', '-');

        /** As in metrics and {@code Cache-Status}. */
        String text() {
            return text;
        }
    }

    /** The request headers that every key has, so that a reply may vary by them. */
    private static final Set<String> IN_THE_KEY = Set.of("accept", "accept-encoding", "accept-language");

    /** @param notFoundToo whether a 404 may be stored */
    static StoreDecision of(Reply reply, ListKey key, boolean notFoundToo) {
        if (forOneOnly(reply, key).isPresent()) {
            return FORWARD;
        }
        boolean storable = reply.status() == 200 || (notFoundToo && reply.status() == 404);
        return storable && reply.body() instanceof ReplyBody.Whole ? STORE : SHARE;
    }

    /** What makes {@code reply} one for a single request only; empty if nothing does. */
    static Optional<Reason> forOneOnly(Reply reply, ListKey key) {
        MultiMap headers = reply.headers();
        if (reply.body() instanceof ReplyBody.Streamed) {
            return Optional.of(Reason.TOO_LARGE);
        }
        if (headers.contains("Set-Cookie")) {
            return Optional.of(Reason.SET_COOKIE);
        }
        if (CacheControl.of(headers).has("no-store")) {
            return Optional.of(Reason.NO_STORE);
        }
        return variesBeyond(key, headers) ? Optional.of(Reason.VARY) : Optional.empty();
    }

    private static boolean variesBeyond(ListKey key, MultiMap headers) {
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
