package dev.botgate.cache;

import dev.botgate.exchange.Reply;
import io.vertx.core.MultiMap;

/** The gateway's member of {@code Cache-Status}: RFC 9211. */
enum CacheStatus {
    /** The cache was not asked. */
    BYPASS("fwd=bypass"),
    /** A fresh list was there, but the request wanted it loaded anew. */
    RELOADED("fwd=request"),
    RELOADED_AND_STORED("fwd=request; stored"),
    MISS("fwd=uri-miss"),
    MISS_AND_STORED("fwd=uri-miss; stored"),
    /** The answer to another request that asked the same. */
    COLLAPSED("fwd=uri-miss; collapsed");

    private static final String HEADER = "Cache-Status";
    private static final String NAME = "botgate; ";

    private final String parameters;

    CacheStatus(String parameters) {
        this.parameters = parameters;
    }

    /** The status of what went upstream because there was nothing to answer it with, or although there was. */
    static CacheStatus forwarded(boolean wasFresh, boolean stored) {
        if (wasFresh) {
            return stored ? RELOADED_AND_STORED : RELOADED;
        }
        return stored ? MISS_AND_STORED : MISS;
    }

    /** Adds to {@code headers} that the reply was kept, and for how many seconds it will still be. */
    static void addHit(MultiMap headers, long secondsToLive) {
        headers.add(HEADER, NAME + "hit; ttl=" + secondsToLive);
    }

    /** {@code reply} with this status after those of caches nearer to the origin; its headers are a copy. */
    Reply on(Reply reply) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap().addAll(reply.headers());
        return reply.withHeaders(headers.add(HEADER, NAME + parameters));
    }
}
