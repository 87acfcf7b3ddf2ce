package dev.botgate.cache;

import dev.botgate.exchange.HeaderNames;
import dev.botgate.exchange.Identified;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Set;

/** What the request for a member list lets the cache do. */
enum ReadDecision {
    /** Neither look nor keep: the request goes on alone. */
    BYPASS,
    /** Answer from the cache as the client's {@link Wishes} allow, or load. */
    LOOK_UP;

    private static final Set<String> METHODS = Set.of("GET", "HEAD");

    /**
     * What makes the reply another one than the list, RFC 9110 sections 13.1 and 14; {@code If-None-Match} aside, which is
     * answered here.
     */
    private static final List<String> SELECTIVE =
            List.of("Range", "If-Range", "If-Match", "If-Modified-Since", "If-Unmodified-Since");

    static ReadDecision of(Identified request) {
        MultiMap headers = request.head().headers();
        boolean plain =
                METHODS.contains(request.head().method()) && request.body().length() == 0;
        boolean ambiguous = headers.getAll(HeaderNames.AUTHORIZATION).size() > 1;
        if (!plain || ambiguous || SELECTIVE.stream().anyMatch(name -> isSelective(name, headers))) {
            return BYPASS;
        }
        return CacheControl.of(headers).has("no-store") ? BYPASS : LOOK_UP;
    }

    /** RFC 9110 section 13.1.3: {@code If-None-Match} overrules {@code If-Modified-Since}. */
    private static boolean isSelective(String name, MultiMap headers) {
        return headers.contains(name) && !(name.equals("If-Modified-Since") && headers.contains("If-None-Match"));
    }
}
