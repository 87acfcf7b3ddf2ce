package dev.botgate.ratelimit.redis;

import dev.botgate.fleet.FleetConnection;
import dev.botgate.ratelimit.Decision;
import dev.botgate.ratelimit.Limit;
import dev.botgate.ratelimit.LimitStore.Cooldown;
import dev.botgate.ratelimit.LimitStore.UpstreamThrottle;
import dev.botgate.ratelimit.PermitRequest;
import dev.botgate.ratelimit.RateLimitSettings.ThrottleSettings;
import dev.botgate.ratelimit.ThrottleState;
import dev.botgate.ratelimit.Ticker;
import dev.botgate.ratelimit.redis.ScriptCodec.RedisKeys;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The cooldowns that this gateway knows of: it keeps to them while Redis cannot be asked, and tells them to Redis when it has
 * missed or forgotten them. Telling one again changes nothing. Bounded. Safe on any thread.
 */
final class UpstreamThrottles {
    private static final int MAX_NOTICES = 10_000;

    private final FleetConnection link;
    private final RedisKeys keys;
    private final ThrottleSettings settings;
    private final Ticker ticker;

    /** Of each scope the notice with the longest cooldown. */
    private final Map<String, ThrottleNotice> cooldowns = new LinkedHashMap<>();

    private final Map<String, ThrottleNotice> untold = new LinkedHashMap<>();

    UpstreamThrottles(FleetConnection link, RedisKeys keys, ThrottleSettings settings, Ticker ticker) {
        this.link = link;
        this.keys = keys;
        this.settings = settings;
        this.ticker = ticker;
    }

    /** What {@code throttle} says; a cooldown that is too long is cut. */
    ThrottleNotice notice(UpstreamThrottle throttle) {
        return new ThrottleNotice(
                throttle.scope().key(),
                throttle.status(),
                ticker.micros(),
                Math.min(throttle.cooldown(), Limit.micros(settings.maximumCooldown())),
                throttle.gap(),
                throttle.scope().limit().lead(),
                1);
    }

    /** Tells Redis, and so every gateway, of a throttle that has just been received; retried at a heartbeat if that fails. */
    Future<Void> tell(ThrottleNotice notice) {
        return tell(notice, 0);
    }

    private Future<Void> tell(ThrottleNotice notice, long ago) {
        return link.run(
                        ScriptCodec.THROTTLE,
                        ScriptCodec.scopeKeys(keys, notice.key()),
                        ScriptCodec.throttleArguments(notice, ago, settings, keys.cooldowns()))
                .onFailure(cause -> tellLater(notice))
                .mapEmpty();
    }

    synchronized void tellLater(ThrottleNotice notice) {
        keep(untold, notice);
    }

    /** Tells Redis what it was not told; all that this gateway knows if Redis {@code forgot} everything. */
    void tellMissed(boolean forgot) {
        List<ThrottleNotice> late;
        synchronized (this) {
            if (forgot) {
                cooldowns.values().forEach(notice -> keep(untold, notice));
            }
            long now = ticker.micros();
            late = untold.values().stream()
                    .filter(notice -> now < notice.until() + ThrottleState.REPEATED)
                    .toList();
            untold.clear();
        }
        for (ThrottleNotice notice : late) {
            var unused = tell(notice, Math.max(1, ticker.micros() - notice.heardAt()));
        }
    }

    /** Keeps to {@code notice} from now on. */
    synchronized void heard(ThrottleNotice notice) {
        if (notice.asCooldown().wasReset()) {
            cooldowns.remove(notice.key());
            untold.remove(notice.key());
        } else if (notice.cooldown() > 0) {
            keep(cooldowns, notice);
        }
    }

    /** A later notice may be about a request that was sent earlier: it never shortens a cooldown. */
    private void keep(Map<String, ThrottleNotice> notices, ThrottleNotice notice) {
        long now = ticker.micros();
        if (notices.size() >= MAX_NOTICES) {
            notices.values().removeIf(past -> past.until() <= now);
        }
        if (notices.size() < MAX_NOTICES) {
            notices.merge(notice.key(), notice, (one, other) -> one.until() > other.until() ? one : other);
        }
    }

    /** A refusal if a scope of {@code request} is in a cooldown, else null. */
    synchronized @Nullable Decision refusal(PermitRequest request) {
        long now = ticker.micros();
        for (int i = 0; i < request.scopes().size(); i++) {
            ThrottleNotice notice = cooldowns.get(request.scopes().get(i).key());
            if (notice != null && notice.until() > now) {
                return Decision.refused(notice.until() - now, i);
            }
        }
        return null;
    }

    /**
     * A throttle of the connector, and when this gateway heard of it.
     *
     * @param key the scope's key
     * @param status 429 or 412; 0 where an operator reset the scope
     * @param heardAt by the gateway's ticker
     * @param cooldown how long nothing may be sent, from then on, in microseconds
     * @param gap how far apart admissions stay after that, in microseconds
     * @param lead how long before its reservation a waiting request is told of it, and then goes, in microseconds
     * @param factor the part of the limit that is left to it
     */
    record ThrottleNotice(String key, int status, long heardAt, long cooldown, long gap, long lead, double factor) {
        /** Until when nothing may be sent, by the gateway's ticker. */
        long until() {
            return heardAt + cooldown;
        }

        Cooldown asCooldown() {
            return new Cooldown(key, status, cooldown, factor);
        }
    }
}
