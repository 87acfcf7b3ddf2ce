package dev.botgate.cache;

import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import io.vertx.core.MultiMap;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Whether the reply to a load is stored, and which requests it answers.
 *
 * <p>Keys are per caller, so the cache is a private one in the sense of RFC 9111: a list may be stored despite {@code
 * private} and the request's {@code Authorization}.
 */
enum StoreDecision {
    /** Stored, and given to all waiting requests. */
    STORE,
    /** Given to all waiting requests, and not stored. */
    SHARE,
    /** Given to the request that went upstream only; the other requests go upstream too. */
    FORWARD;

    /** Why a list that was loaded is not stored. */
    enum Reason {
        /** Larger than the gateway buffers, or than the cache. */
        TOO_LARGE,
        SET_COOKIE,
        NO_STORE,
        /** It varies by more headers than the key has. */
        VARY,
        /** {@code no-cache}, and no validator. */
        NO_CACHE,
        /** Too old on arrival, and no validator. */
        OUT_OF_DATE,
        /** Another load took its place, or its conversation was invalidated, while it was loaded. */
        SUPERSEDED;

        private final String text = name().toLowerCase(Locale.ROOT).replace('_', '-');

        /** As in metrics and {@code Cache-Status}. */
        String text() {
            return text;
        }
    }

    /** The request headers that are part of each key, so that a reply may vary by them. */
    private static final Set<String> KEY_HEADERS = Set.of("accept", "accept-encoding", "accept-language");

    /** @param notFoundToo whether a 404 may be stored */
    static StoreDecision of(Reply reply, ListKey key, boolean notFoundToo) {
        if (reasonNotToShare(reply, key).isPresent()) {
            return FORWARD;
        }
        boolean storable = reply.status() == 200 || (notFoundToo && reply.status() == 404);
        return storable && reply.body() instanceof ReplyBody.Whole ? STORE : SHARE;
    }

    /** Why {@code reply} may be given to one request only; empty if it may be shared. */
    static Optional<Reason> reasonNotToShare(Reply reply, ListKey key) {
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
                boolean known = KEY_HEADERS.contains(header)
                        || (header.equals("authorization") && key.owner().isOneCredential());
                if (!header.isEmpty() && !known) {
                    return true;
                }
            }
        }
        return false;
    }
}
