package dev.botgate.cache;

import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import io.vertx.core.MultiMap;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Why a list that was loaded is not kept. */
enum NotStoredReason {
    /** Too large to be held, or for the cache. */
    TOO_LARGE,
    SET_COOKIE,
    NO_STORE,
    /** It varies by more than the key holds. */
    VARY,
    /** {@code no-cache}, and nothing to validate it by. */
    NO_CACHE,
    /** Its time was over when it came, and there is nothing to validate it by. */
    OUT_OF_DATE,
    /** Another load took its place, or its conversation was dropped, while it was loaded. */
    SUPERSEDED;

    /** The request's headers that every key holds, so that a reply may vary by them. */
    private static final Set<String> IN_THE_KEY = Set.of("accept", "accept-encoding", "accept-language");

    /** What makes {@code reply} one for a single request only; empty where nothing does. */
    static Optional<NotStoredReason> forOneOnly(Reply reply, ListKey key) {
        MultiMap headers = reply.headers();
        if (reply.body() instanceof ReplyBody.Streamed) {
            return Optional.of(TOO_LARGE);
        }
        if (headers.contains("Set-Cookie")) {
            return Optional.of(SET_COOKIE);
        }
        if (CacheControl.of(headers).has("no-store")) {
            return Optional.of(NO_STORE);
        }
        return variesBeyond(key, headers) ? Optional.of(VARY) : Optional.empty();
    }

    /** How metrics and {@code Cache-Status} name it. */
    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
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
