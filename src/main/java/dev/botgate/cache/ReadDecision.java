package dev.botgate.cache;

import dev.botgate.exchange.Identified;
import io.vertx.core.MultiMap;
import java.util.List;

/** What the request for a member list lets the cache do. */
enum ReadDecision {
    /** Neither look nor keep: the request goes on alone. */
    BYPASS,
    /** Load anew, and keep that. */
    RELOAD,
    /** Answer from the cache, or from a load under way. */
    LOOK_UP;

    /** What makes the reply another one than the list: RFC 9110 sections 13.1 and 14. */
    private static final List<String> SELECTIVE =
            List.of("Range", "If-Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since");

    static ReadDecision of(Identified request) {
        MultiMap headers = request.head().headers();
        boolean plain = request.head().method().equals("GET") && request.body().length() == 0;
        boolean ambiguous = headers.getAll("Authorization").size() > 1;
        if (!plain || ambiguous || SELECTIVE.stream().anyMatch(headers::contains)) {
            return BYPASS;
        }
        CacheControl wishes = CacheControl.of(headers);
        if (wishes.noStore()) {
            return BYPASS;
        }
        return wishes.noCache() ? RELOAD : LOOK_UP;
    }
}
