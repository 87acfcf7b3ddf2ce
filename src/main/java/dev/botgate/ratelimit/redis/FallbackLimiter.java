package dev.botgate.ratelimit.redis;

import dev.botgate.fleet.RedisSettings;
import dev.botgate.ratelimit.Decision;
import dev.botgate.ratelimit.Limit;
import dev.botgate.ratelimit.LimitStore.UpstreamThrottle;
import dev.botgate.ratelimit.MemoryStore;
import dev.botgate.ratelimit.PermitRequest;
import dev.botgate.ratelimit.RateLimitSettings;
import dev.botgate.ratelimit.ShareStore;
import dev.botgate.ratelimit.Ticker;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides without Redis, and besides Redis while the fleet settles.
 *
 * <p>When Redis is gone, a gateway does not know what others just admitted, and some notice later than others. So after all have
 * noticed, each scope stays closed for its longest window ({@code outage-hold} at most); then this gateway's share is admitted.
 * When Redis is back, it does not know what the gateways admitted meanwhile: for {@code outage-hold} a request needs a permit
 * of both. So no window up to {@code outage-hold} is exceeded. A gateway that does not know the number of gateways, or that
 * the others do not count yet, has no share. Safe on any thread.
 */
final class FallbackLimiter {
    private static final long RETRY = 1_000_000;
    private static final int MAX_TAKEN_OF_BOTH = 10_000;

    private final RateLimitSettings settings;
    private final RedisSettings redis;
    private final Ticker ticker;
    private final UpstreamThrottles throttles;
    private @Nullable ShareStore shares;
    /** While the fleet settles: the share's reservation by the number of Redis' reservation for the same request. */
    private final Map<Long, Long> takenOfBoth = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Long> eldest) {
            return size() > MAX_TAKEN_OF_BOTH;
        }
    };

    private boolean alone;
    private boolean admitted;
    private volatile int gateways;
    private volatile boolean newcomer = true;
    private volatile long settleUntil = Long.MIN_VALUE;

    FallbackLimiter(RateLimitSettings settings, RedisSettings redis, UpstreamThrottles throttles, Ticker ticker) {
        this.settings = settings;
        this.redis = redis;
        this.throttles = throttles;
        this.ticker = ticker;
    }

    /** How many gateways were alive at the last heartbeat. */
    void alive(int count) {
        gateways = settling() ? Math.max(gateways, count) : count;
    }

    int gateways() {
        return gateways;
    }

    /**
     * Redis is gone, or has forgotten everything.
     *
     * @param known whether the other gateways count this one
     */
    synchronized void begin(boolean known) {
        alone = true;
        newcomer = gateways == 0 || !known;
        takenOfBoth.clear();
        shares = newcomer ? null : shares(ticker.micros() + untilAllKnow());
    }

    /** Where Redis hangs, a gateway that asks nothing finds out by two heartbeats, each of which fails first. */
    private long untilAllKnow() {
        return 2 * Limit.micros(redis.heartbeat().plus(redis.commandTimeout()));
    }

    /**
     * Redis has come back; shares are kept for {@code micros} more.
     *
     * @param value whether Redis was told that something was admitted without it
     * @return false when it was not, and has to be
     */
    synchronized boolean end(boolean value, long micros) {
        if (alone && admitted && !value) {
            return false;
        }
        alone = false;
        admitted = false;
        settleFor(micros);
        return true;
    }

    /** The fleet settles, as Redis says. */
    synchronized void settle() {
        settleFor(Limit.micros(settings.outageHold()));
    }

    private void settleFor(long micros) {
        if (micros <= 0) {
            shares = null;
            takenOfBoth.clear();
            newcomer = false;
        } else if (shares == null && !newcomer) {
            shares = shares(Long.MIN_VALUE);
        }
        settleUntil = micros > 0 ? ticker.micros() + micros : Long.MIN_VALUE;
    }

    boolean settling() {
        return settlesFor() > 0;
    }

    /** How much longer the fleet settles, as far as is known. */
    long settlesFor() {
        long until = settleUntil;
        return until == Long.MIN_VALUE ? 0 : Math.max(0, until - ticker.micros());
    }

    /**
     * Whether this gateway has no share in a fleet that settles, since the others' shares are all there is: it came later,
     * and what Redis promises it is for when the fleet has settled.
     */
    boolean newcomer() {
        return newcomer;
    }

    /** Whether anything was admitted that Redis does not know of. */
    synchronized boolean hasAdmitted() {
        return admitted;
    }

    /** @param quietFrom before which others may have taken any permit */
    private ShareStore shares(long quietFrom) {
        return new ShareStore(
                Math.max(1, gateways),
                settings.outageHold(),
                new MemoryStore(
                        ticker,
                        settings.throttled(),
                        settings.maximumScopes(),
                        limit -> quietFrom == Long.MIN_VALUE ? quietFrom : quietFrom + limit.longestMicros()));
    }

    /** Decides without Redis; null when that has just come back. */
    @Nullable
    Decision decide(PermitRequest request) {
        Decision inCooldown = throttles.refusal(request);
        if (inCooldown != null) {
            return inCooldown;
        }
        return request.limited() ? limited(request) : Decision.free();
    }

    private synchronized @Nullable Decision limited(PermitRequest request) {
        if (!alone) {
            return null;
        }
        Decision decision =
                switch (settings.storeOutage()) {
                    case OPEN -> Decision.free();
                    case REFUSE -> Decision.refused(RETRY, 0);
                    case SHARE -> ofShare(request);
                };
        admitted |= decision.admitted();
        return decision;
    }

    /** Asks for a permit of this gateway's share. */
    synchronized Decision ofShare(PermitRequest request) {
        return shares == null ? Decision.refused(RETRY, 0) : shares.decide(request);
    }

    /** Forgets what is counted of a scope. */
    synchronized void reset(String key) {
        if (shares != null) {
            shares.reset(key);
        }
    }

    /** Notes that what Redis gave by {@code number} was taken of the share too. */
    synchronized void tookOfBoth(long number, long reservation) {
        takenOfBoth.put(number, reservation);
    }

    /** Gives back to the share what it gave by {@code reservation}, or for what Redis gave by it. */
    synchronized void giveBack(PermitRequest request, long reservation) {
        Long ofShare = reservation < 0 ? takenOfBoth.remove(reservation) : Long.valueOf(reservation);
        if (shares != null && ofShare != null && ofShare != 0) {
            shares.giveBack(request, ofShare);
        }
    }

    synchronized void throttle(UpstreamThrottle throttle) {
        if (shares != null) {
            shares.throttle(throttle);
        }
    }
}
