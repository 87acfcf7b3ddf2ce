package dev.botgate.ratelimit;

import dev.botgate.ratelimit.LimitStore.UpstreamThrottle;
import dev.botgate.ratelimit.RateLimitSettings.ThrottleSettings;

/**
 * The effect of the connector's throttles on one scope: a cooldown, spaced admissions after it, and a lowered limit.
 *
 * <p>A 429 lowers the limit if another one came within {@link #REPEATED_WITHIN} before it. 429s within {@link
 * #SAME_WITHIN} count as one, since they answer requests that were under way together.
 */
public final class ThrottleState {
    /** 429s within this time count as one, in microseconds. */
    public static final long SAME_WITHIN = 1_000_000;
    /** A 429 within this time after the last one, or after its cooldown, is repeated, in microseconds. */
    public static final long REPEATED_WITHIN = 60_000_000;

    private long closedUntil = Long.MIN_VALUE;
    private long spacedUntil = Long.MIN_VALUE;
    private long gap;
    private long last429At = Long.MIN_VALUE;
    private long last429Until = Long.MIN_VALUE;
    private double factor = 1;
    private long factorAt;
    private double recoveryPerMicro;

    long closedUntil() {
        return closedUntil;
    }

    /** The remaining time of the cooldown at {@code now}. */
    long remaining(long now) {
        return closedUntil <= now ? 0 : closedUntil - now;
    }

    /** The spacing of admissions at {@code t}. */
    long gapAt(long t) {
        return t < spacedUntil ? gap : 0;
    }

    /** The fraction to which the limit is lowered at {@code now}; 1 if it is not. */
    double factor(long now) {
        return factor == 1 ? 1 : Math.min(1, factor + (now - factorAt) * recoveryPerMicro);
    }

    void close(long until) {
        closedUntil = Math.max(closedUntil, until);
    }

    void apply(UpstreamThrottle throttle, ThrottleSettings settings, long now) {
        long until = now + Math.min(throttle.cooldown(), Limit.micros(settings.maximumCooldown()));
        if (throttle.cooldown() > 0 && until > closedUntil) {
            closedUntil = until;
            spacedUntil = until + Limit.micros(settings.restart());
            gap = throttle.gap();
        }
        if (throttle.status() == 429) {
            apply429(settings, now);
            last429Until = throttle.cooldown() > 0 ? Math.max(last429Until, until) : last429Until;
        }
    }

    private void apply429(ThrottleSettings settings, long now) {
        boolean had429 = last429At != Long.MIN_VALUE;
        if (had429 && now - last429At < SAME_WITHIN) {
            return;
        }
        long ended = last429Until <= now ? Math.max(last429At, last429Until) : last429At;
        if (settings.adaptive() && had429 && now - ended < REPEATED_WITHIN) {
            factor = Math.max(settings.floor(), factor(now) * settings.decrease());
            factorAt = now;
            recoveryPerMicro = 1.0 / Limit.micros(settings.recovery());
        }
        last429At = now;
    }

    boolean idle(long now) {
        return closedUntil <= now
                && spacedUntil <= now
                && factor(now) == 1
                && (last429At == Long.MIN_VALUE || now - Math.max(last429At, closedUntil) >= REPEATED_WITHIN);
    }
}
