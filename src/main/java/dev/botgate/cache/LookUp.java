package dev.botgate.cache;

import dev.botgate.exchange.Reply;

/** What the cache has for a request. */
sealed interface LookUp {
    /** A kept list, as the reply to this one request. */
    record Hit(Reply reply) implements LookUp {}

    /** A load that another request began. */
    record Joined(Load load) implements LookUp {}

    /** A load that this request has to carry out. */
    record Led(Load load) implements LookUp {}
}
