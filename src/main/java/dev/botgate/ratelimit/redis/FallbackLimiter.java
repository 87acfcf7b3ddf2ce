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
 * Decides while Redis is gone, and together with Redis while the fleet settles.
 *
 * <p>While Redis is gone, a gateway does not know what others have just admitted. So once all gateways have noticed,
 * each scope stays closed for its longest window ({@code outage-hold} at most); then this gateway admits its share.
 * When Redis is back, it does not know what the gateways admitted meanwhile: the fleet settles for {@code outage-hold},
 * in which a request needs a permit of Redis and one of the share. So no window up to {@code outage-hold} is exceeded.
 * A gateway that does not know the number of gateways, or that the others do not count yet, has no share. Safe on any
 * thread.
 */
final class FallbackLimiter {
    private static final long RETRY = 1_000_000;
    private static final int MAX_SHARE_RESERVATIONS = 10_000;

    private final RateLimitSettings settings;
    private final RedisSettings redis;
    private final Ticker ticker;
    private final UpstreamThrottles throttles;
    private @Nullable ShareStore shares;
    /** While the fleet settles: the id of a request's reservation in Redis to that in the share. */
    private final Map<Long, Long> shareReservations = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Long> eldest) {
            return size() > MAX_SHARE_RESERVATIONS;
        }
    };

    private boolean redisGone;
    private boolean admitted;
    private volatile int gateways;
    private volatile boolean withoutShare = true;
    private volatile long settleUntil = Long.MIN_VALUE;

    FallbackLimiter(RateLimitSettings settings, RedisSettings redis, UpstreamThrottles throttles, Ticker ticker) {
        this.settings = settings;
        this.redis = redis;
        this.throttles = throttles;
        this.ticker = ticker;
    }

    /** Sets the number of gateways that were alive at the last heartbeat. */
    void gatewaysAlive(int count) {
        gateways = settling() ? Math.max(gateways, count) : count;
    }

    int gateways() {
        return gateways;
    }

    /**
     * Begins to decide without Redis, which is gone or has lost its data.
     *
     * @param countedByOthers whether the other gateways count this one
     */
    synchronized void begin(boolean countedByOthers) {
        redisGone = true;
        withoutShare = gateways == 0 || !countedByOthers;
        shareReservations.clear();
        shares = withoutShare ? null : shares(ticker.micros() + outageNoticeTime());
    }

    /** The time in which every gateway notices that Redis hangs: two failed heartbeats. */
    private long outageNoticeTime() {
        return 2 * Limit.micros(redis.heartbeat().plus(redis.commandTimeout()));
    }

    /**
     * Ends deciding without Redis; the fleet settles for {@code micros}.
     *
     * @param reported whether this gateway's admissions without Redis were reported to Redis
     * @return false if they still have to be reported
     */
    synchronized boolean end(boolean reported, long micros) {
        if (redisGone && admitted && !reported) {
            return false;
        }
        redisGone = false;
        admitted = false;
        settleFor(micros);
        return true;
    }

    /** Begins to settle, as Redis demands. */
    synchronized void settle() {
        settleFor(Limit.micros(settings.outageHold()));
    }

    private void settleFor(long micros) {
        if (micros <= 0) {
            shares = null;
            shareReservations.clear();
            withoutShare = false;
        } else if (shares == null && !withoutShare) {
            shares = shares(Long.MIN_VALUE);
        }
        settleUntil = micros > 0 ? ticker.micros() + micros : Long.MIN_VALUE;
    }

    boolean settling() {
        return remainingSettleTime() > 0;
    }

    /** The remaining time in which the fleet settles, as far as this gateway knows. */
    long remainingSettleTime() {
        long until = settleUntil;
        return until == Long.MIN_VALUE ? 0 : Math.max(0, until - ticker.micros());
    }

    /**
     * Whether this gateway has no share, since it joined too late. While the fleet settles, its reservations in Redis
     * are for the time after.
     */
    boolean withoutShare() {
        return withoutShare;
    }

    /** Whether anything was admitted that Redis does not know of. */
    synchronized boolean hasAdmitted() {
        return admitted;
    }

    /** @param closedFrom the time until which other gateways may have taken permits from Redis */
    private ShareStore shares(long closedFrom) {
        return new ShareStore(
                Math.max(1, gateways),
                settings.outageHold(),
                new MemoryStore(
                        ticker,
                        settings.throttled(),
                        settings.maximumScopes(),
                        limit -> closedFrom == Long.MIN_VALUE ? closedFrom : closedFrom + limit.longestMicros()));
    }

    /** Decides without Redis; null if Redis has just come back. */
    @Nullable
    Decision decide(PermitRequest request) {
        Decision inCooldown = throttles.refusal(request);
        if (inCooldown != null) {
            return inCooldown;
        }
        return request.limited() ? decideLimited(request) : Decision.free();
    }

    private synchronized @Nullable Decision decideLimited(PermitRequest request) {
        if (!redisGone) {
            return null;
        }
        Decision decision =
                switch (settings.storeOutage()) {
                    case OPEN -> Decision.free();
                    case REFUSE -> Decision.refused(RETRY, 0);
                    case SHARE -> decideByShare(request);
                };
        admitted |= decision.admitted();
        return decision;
    }

    /** Takes a permit of this gateway's share. */
    synchronized Decision decideByShare(PermitRequest request) {
        return shares == null ? Decision.refused(RETRY, 0) : shares.decide(request);
    }

    /** Removes the counts of a scope. */
    synchronized void reset(String key) {
        if (shares != null) {
            shares.reset(key);
        }
    }

    /** Remembers that the permit with id {@code number} in Redis was taken from the share too. */
    synchronized void addShareReservation(long number, long reservation) {
        shareReservations.put(number, reservation);
    }

    /** Gives a permit back to the share, by its id in the share or, below 0, in Redis. */
    synchronized void giveBack(PermitRequest request, long reservation) {
        Long ofShare = reservation < 0 ? shareReservations.remove(reservation) : Long.valueOf(reservation);
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
