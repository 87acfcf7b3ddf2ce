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
 * The cooldowns that this gateway knows of. It respects them while Redis is gone, and sends them to Redis again if
 * Redis missed or lost them; a repeated notice changes nothing. Bounded. Safe on any thread.
 */
final class UpstreamThrottles {
    private static final int MAX_NOTICES = 10_000;

    private final FleetConnection connection;
    private final RedisKeys keys;
    private final ThrottleSettings settings;
    private final Ticker ticker;

    /** For each scope the notice with the longest cooldown. */
    private final Map<String, ThrottleNotice> cooldowns = new LinkedHashMap<>();

    private final Map<String, ThrottleNotice> unsent = new LinkedHashMap<>();

    UpstreamThrottles(FleetConnection connection, RedisKeys keys, ThrottleSettings settings, Ticker ticker) {
        this.connection = connection;
        this.keys = keys;
        this.settings = settings;
        this.ticker = ticker;
    }

    /** The notice of {@code throttle}, with the cooldown cut to the maximum. */
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

    /** Sends a new throttle to Redis, and so to every gateway; retried at a heartbeat if that fails. */
    Future<Void> send(ThrottleNotice notice) {
        return send(notice, 0);
    }

    private Future<Void> send(ThrottleNotice notice, long age) {
        return connection
                .run(
                        ScriptCodec.THROTTLE,
                        ScriptCodec.scopeKeys(keys, notice.key()),
                        ScriptCodec.throttleArguments(notice, age, settings, keys.cooldowns()))
                .onFailure(cause -> sendLater(notice))
                .mapEmpty();
    }

    synchronized void sendLater(ThrottleNotice notice) {
        keep(unsent, notice);
    }

    /** Sends the notices that Redis has missed; all known cooldowns after {@code dataLost}. */
    void sendMissed(boolean dataLost) {
        List<ThrottleNotice> missed;
        synchronized (this) {
            if (dataLost) {
                cooldowns.values().forEach(notice -> keep(unsent, notice));
            }
            long now = ticker.micros();
            missed = unsent.values().stream()
                    .filter(notice -> now < notice.until() + ThrottleState.REPEATED_WITHIN)
                    .toList();
            unsent.clear();
        }
        for (ThrottleNotice notice : missed) {
            var unused = send(notice, Math.max(1, ticker.micros() - notice.receivedAt()));
        }
    }

    /** Respects {@code notice} from now on. */
    synchronized void add(ThrottleNotice notice) {
        if (notice.asCooldown().wasReset()) {
            cooldowns.remove(notice.key());
            unsent.remove(notice.key());
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
     * A throttle of the connector, with the time at which this gateway received it.
     *
     * @param key the scope's key
     * @param status 429 or 412; 0 if an operator has reset the scope
     * @param receivedAt the ticker's time
     * @param cooldown how long nothing may be sent after {@code receivedAt}, in microseconds
     * @param gap the spacing of admissions after the cooldown, in microseconds
     * @param lead how long before its reservation a waiting request is resumed, in microseconds; the cooldown does not
     *     stop it then
     * @param factor the fraction to which the limit is lowered
     */
    record ThrottleNotice(String key, int status, long receivedAt, long cooldown, long gap, long lead, double factor) {
        /** The end of the cooldown by the ticker. */
        long until() {
            return receivedAt + cooldown;
        }

        Cooldown asCooldown() {
            return new Cooldown(key, status, cooldown, factor);
        }
    }
}
