package dev.botgate.cache;

import dev.botgate.cache.CacheMeters.Request;
import dev.botgate.cache.CacheMeters.Stale;
import dev.botgate.cache.CacheStatus.Why;
import dev.botgate.exchange.Reply;
import org.jspecify.annotations.Nullable;

/**
 * Decides how one request for a list is answered. The caller makes sure that no other thread decides for the same key.
 *
 * <p>A stored list that is fresh, or stale within what settings, connector and client allow, is a hit; a stale one is
 * also refreshed. Otherwise the request joins the load under way, or leads a new one.
 */
final class Lookup {
    private final MemberCache cache;
    private final ListKey key;
    private final String credential;
    private final RequestDirectives directives;
    private final boolean mayLoad;
    private final long now;
    private @Nullable Result result;

    /** How a request is answered. */
    sealed interface Result {}

    /**
     * A stored list, as the reply to this one request.
     *
     * @param refresh a load that the request also starts, without waiting for it; null for none
     */
    record Hit(Reply reply, @Nullable Load refresh) implements Result {}

    /**
     * A load that another request began.
     *
     * @param fallback whether a stored list may be given if the load fails
     */
    record Join(Load load, Why why, boolean fallback) implements Result {}

    /**
     * A load that this request starts.
     *
     * @param fallback whether a stored list may be given if the load fails
     */
    record Lead(Load load, boolean fallback) implements Result {}

    /** No list may be given, and the request cannot load one. */
    record Absent() implements Result {}

    /**
     * @param credential the digest of the request's credential
     * @param mayLoad whether the request can start a load or wait for one
     */
    Lookup(MemberCache cache, ListKey key, String credential, RequestDirectives directives, boolean mayLoad, long now) {
        this.cache = cache;
        this.key = key;
        this.credential = credential;
        this.directives = directives;
        this.mayLoad = mayLoad;
        this.now = now;
    }

    /** Decides; returns the load that is under way for the key afterwards, if any. */
    @Nullable
    Load decide(@Nullable Load running) {
        StoredReply list = cache.lists.get(key);
        boolean fallback = false;
        if (list != null) {
            long age = list.age(now);
            boolean staleAllowed = cache.bus.receives();
            if (directives.allow(list.freshness(), age, staleAllowed)) {
                return hit(list, Stale.WHILE_REVALIDATE, running);
            }
            fallback = directives.allowOnError(list.freshness(), age, staleAllowed);
            if (fallback && cache.failures.isExpected(key, list, now)) {
                return hit(list, Stale.IF_ERROR, running);
            }
        }
        if (directives.onlyIfCached() || !mayLoad) {
            cache.meters.requested(key.operation(), directives.onlyIfCached() ? Request.NOT_CACHED : Request.MISS);
            result = new Absent();
            return running;
        }
        Why why = list == null ? Why.MISS : list.remaining(now) > 0 ? Why.REQUEST : Why.STALE;
        if (running != null && isJoinable(running)) {
            cache.meters.requested(key.operation(), Request.JOINED);
            result = new Join(running, why, fallback);
            return running;
        }
        cache.meters.requested(key.operation(), Request.MISS);
        Load load = begin(why, list, fallback);
        result = new Lead(load, fallback);
        return load;
    }

    Result result() {
        if (result == null) {
            throw new IllegalStateException("A lookup has no result (expected: decide() was called)");
        }
        return result;
    }

    /** A stale list is also refreshed, unless a refresh is under way or has just failed. */
    private @Nullable Load hit(StoredReply list, Stale reason, @Nullable Load running) {
        if (list.remaining(now) > 0) {
            result = cache.hit(key, list, now);
            return running;
        }
        cache.meters.requested(key.operation(), Request.STALE);
        cache.meters.stale(reason);
        Reply reply = list.reply(now, CacheStatus.hit(list.remaining(now)).withDetail(reason));
        boolean refreshing = running != null && isCurrent(running);
        if (directives.onlyIfCached() || refreshing || !cache.failures.mayLoad(key, list, now)) {
            result = new Hit(reply, null);
            return running;
        }
        Load refresh = begin(Why.STALE, list, reason == Stale.IF_ERROR);
        result = new Hit(reply, refresh);
        return refresh;
    }

    private Load begin(Why why, @Nullable StoredReply list, boolean once) {
        StoredReply base = list == null || list.validators().isEmpty() ? null : list;
        return Load.begin(key, credential, cache.lists.generation(key), now, why, base, once);
    }

    /** A request with a maximum age joins no load older than that. */
    private boolean isJoinable(Load running) {
        return isCurrent(running) && !directives.revalidate() && now - running.beganAt() <= directives.maximumAge();
    }

    private boolean isCurrent(Load running) {
        return !running.generation().ended()
                && now - running.beganAt() < cache.loadDeadline().toNanos();
    }
}
