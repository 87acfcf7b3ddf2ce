package dev.botgate.cache;

import dev.botgate.exchange.Headers;
import dev.botgate.exchange.Reply;
import io.vertx.core.MultiMap;
import java.util.concurrent.TimeUnit;

/**
 * The gateway's member of {@code Cache-Status}: RFC 9211.
 *
 * @param parameters what follows the gateway's name
 */
record CacheStatus(String parameters) {
    static final String HEADER = "Cache-Status";

    /** The cache was bypassed. */
    static final CacheStatus BYPASS = new CacheStatus("fwd=bypass");

    /** The client allowed no load, and nothing was stored. */
    static final CacheStatus NOT_CACHED = new CacheStatus("detail=only-if-cached");

    private static final String NAME = "botgate; ";

    /** Why a request went upstream. */
    enum Why {
        MISS("uri-miss"),
        STALE("stale"),
        REQUEST("request");

        private final String token;

        Why(String token) {
            this.token = token;
        }
    }

    static CacheStatus forwarded(Why why) {
        return new CacheStatus("fwd=" + why.token);
    }

    /**
     * A stored list was given.
     *
     * @param remaining how long it is still fresh, in nanoseconds; negative if it is stale
     */
    static CacheStatus hit(long remaining) {
        return new CacheStatus("hit" + ttl(remaining));
    }

    CacheStatus stored(boolean stored) {
        return stored ? new CacheStatus(parameters + "; stored") : this;
    }

    CacheStatus notStored(StoreDecision.Reason reason) {
        return new CacheStatus(parameters + "; detail=" + reason.text());
    }

    /** The reply to another request for the same list. */
    CacheStatus collapsed() {
        return new CacheStatus(parameters + "; collapsed");
    }

    /** The connector's status, if the client gets another one. */
    CacheStatus upstream(int status) {
        return new CacheStatus(parameters + "; fwd-status=" + status);
    }

    CacheStatus withDetail(CacheMeters.Stale reason) {
        return new CacheStatus(parameters + "; detail="
                + (reason == CacheMeters.Stale.IF_ERROR ? "stale-if-error" : "stale-while-revalidate"));
    }

    CacheStatus withTtl(long remaining) {
        return new CacheStatus(parameters + ttl(remaining));
    }

    String value() {
        return NAME + parameters;
    }

    /** {@code reply} with this status after those of caches nearer to the origin, in a copy of its headers. */
    Reply addTo(Reply reply) {
        MultiMap headers = Headers.copy(reply.headers());
        return reply.withHeaders(headers.add(HEADER, value()));
    }

    /** RFC 9211 section 2.4. */
    private static String ttl(long remaining) {
        return "; ttl=" + Math.floorDiv(remaining, TimeUnit.SECONDS.toNanos(1));
    }
}
