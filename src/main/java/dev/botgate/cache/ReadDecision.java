package dev.botgate.cache;

import dev.botgate.exchange.HeaderNames;
import dev.botgate.exchange.Identified;
import io.vertx.core.MultiMap;
import java.util.List;

/** What the request for a member list lets the cache do. */
enum ReadDecision {
    /** Neither look nor keep: the request goes on alone. */
    BYPASS,
    /** Answer from the cache as the client's {@link RequestDirectives} allow, or load. */
    LOOK_UP;

    /**
     * What makes the reply another one than the list, RFC 9110 sections 13.1 and 14; {@code If-None-Match} aside, which is
     * answered here, and {@code If-Modified-Since}, which it overrules.
     */
    private static final List<CharSequence> SELECTIVE =
            List.of(HeaderNames.RANGE, HeaderNames.IF_RANGE, HeaderNames.IF_MATCH, HeaderNames.IF_UNMODIFIED_SINCE);

    static ReadDecision of(Identified request) {
        MultiMap headers = request.head().headers();
        String method = request.head().method();
        boolean plain = (method.equals("GET") || method.equals("HEAD"))
                && request.body().length() == 0;
        boolean ambiguous = headers.getAll(HeaderNames.AUTHORIZATION).size() > 1;
        if (!plain || ambiguous || isSelective(headers)) {
            return BYPASS;
        }
        return CacheControl.of(headers).has("no-store") ? BYPASS : LOOK_UP;
    }

    private static boolean isSelective(MultiMap headers) {
        for (CharSequence name : SELECTIVE) {
            if (headers.contains(name)) {
                return true;
            }
        }
        // RFC 9110 section 13.1.3: If-None-Match overrules If-Modified-Since.
        return headers.contains(HeaderNames.IF_MODIFIED_SINCE) && !headers.contains(HeaderNames.IF_NONE_MATCH);
    }
}
