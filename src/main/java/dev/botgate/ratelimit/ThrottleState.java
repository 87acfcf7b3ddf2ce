package dev.botgate.ratelimit;

import dev.botgate.ratelimit.LimitStore.UpstreamThrottle;
import dev.botgate.ratelimit.RateLimitSettings.ThrottleSettings;

/**
 * What an upstream's word did to one scope: closed until a moment, spaced for a while after, and lowered by degrees.
 *
 * <p>A 429 lowers the limit when another came within {@link #REPEATED} before it; 429s within {@link #SAME} of one
 * another are one, since they answer requests that were under way together.
 */
public final class ThrottleState {
    /** 429s that are no further apart count as one, in microseconds. */
    public static final long SAME = 1_000_000;
    /** A 429 no longer after the last one, or after its closure, is repeated, in microseconds. */
    public static final long REPEATED = 60_000_000;

    private long closedUntil = Long.MIN_VALUE;
    private long spacedUntil = Long.MIN_VALUE;
    private long gap;
    private long struckAt = Long.MIN_VALUE;
    private long struckUntil = Long.MIN_VALUE;
    private double factor = 1;
    private long factorAt;
    private double recoveryPerMicro;

    long closedUntil() {
        return closedUntil;
    }

    /** How long it stays closed from {@code now} on. */
    long remaining(long now) {
        return closedUntil <= now ? 0 : closedUntil - now;
    }

    /** How far apart admissions stay at {@code t}. */
    long gapAt(long t) {
        return t < spacedUntil ? gap : 0;
    }

    /** The part of the limit that is left at {@code now}. */
    double factor(long now) {
        return factor == 1 ? 1 : Math.min(1, factor + (now - factorAt) * recoveryPerMicro);
    }

    void close(long until) {
        closedUntil = Math.max(closedUntil, until);
    }

    void hear(UpstreamThrottle throttle, ThrottleSettings settings, long now) {
        long until = now + Math.min(throttle.cooldown(), Limit.micros(settings.maximumCooldown()));
        if (throttle.cooldown() > 0 && until > closedUntil) {
            closedUntil = until;
            spacedUntil = until + Limit.micros(settings.restart());
            gap = throttle.gap();
        }
        if (throttle.status() == 429) {
            strike(settings, now);
            struckUntil = throttle.cooldown() > 0 ? Math.max(struckUntil, until) : struckUntil;
        }
    }

    private void strike(ThrottleSettings settings, long now) {
        boolean struckBefore = struckAt != Long.MIN_VALUE;
        if (struckBefore && now - struckAt < SAME) {
            return;
        }
        long ended = struckUntil <= now ? Math.max(struckAt, struckUntil) : struckAt;
        if (settings.adaptive() && struckBefore && now - ended < REPEATED) {
            factor = Math.max(settings.floor(), factor(now) * settings.decrease());
            factorAt = now;
            recoveryPerMicro = 1.0 / Limit.micros(settings.recovery());
        }
        struckAt = now;
    }

    boolean idle(long now) {
        return closedUntil <= now
                && spacedUntil <= now
                && factor(now) == 1
                && (struckAt == Long.MIN_VALUE || now - Math.max(struckAt, closedUntil) >= REPEATED);
    }
}
