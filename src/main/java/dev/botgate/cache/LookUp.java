package dev.botgate.cache;

import dev.botgate.exchange.Reply;
import org.jspecify.annotations.Nullable;

/** What the cache has for a request. */
sealed interface LookUp {
    /**
     * A kept list, as the reply to this one request.
     *
     * @param refresh a load that the request has to carry out besides, without waiting for it; null for none
     */
    record Hit(Reply reply, @Nullable Load refresh) implements LookUp {}

    /** A load that another request began. */
    record Joined(Load load, CacheStatus.Why why) implements LookUp {}

    /** A load that this request has to carry out. */
    record Led(Load load) implements LookUp {}

    /** Nothing, and nothing that the request could load. */
    record Absent() implements LookUp {}
}
