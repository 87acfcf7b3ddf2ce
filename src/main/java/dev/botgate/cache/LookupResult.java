package dev.botgate.cache;

import dev.botgate.exchange.Reply;
import org.jspecify.annotations.Nullable;

/** What the cache has for a request. */
sealed interface LookupResult {
    /**
     * A kept list, as the reply to this one request.
     *
     * @param refresh a load that the request has to carry out besides, without waiting for it; null for none
     */
    record Hit(Reply reply, @Nullable Load refresh) implements LookupResult {}

    /**
     * A load that another request began.
     *
     * @param spare whether there is a kept list that may be given if the load fails
     */
    record Joined(Load load, CacheStatus.Why why, boolean spare) implements LookupResult {}

    /**
     * A load that this request has to carry out.
     *
     * @param spare whether there is a kept list that may be given if the load fails
     */
    record Led(Load load, boolean spare) implements LookupResult {}

    /** Nothing, and nothing that the request could load. */
    record Absent() implements LookupResult {}
}
