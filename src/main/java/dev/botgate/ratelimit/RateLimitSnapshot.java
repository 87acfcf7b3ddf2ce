package dev.botgate.ratelimit;

import dev.botgate.ratelimit.Limit.CountBy;
import dev.botgate.ratelimit.RateLimitMeters.Result;
import java.time.Duration;
import java.util.List;

/**
 * How rate control stands, for an operator.
 *
 * @param limits every configured limit, and what became of requests in this gateway
 * @param busiest the scopes that were asked for most of late, in this gateway; those without windows where they refused
 * @param waiting how many requests wait in this gateway
 * @param cooldowns scopes that a connector's 429 or 412 closed or lowered, in the whole fleet; the latest thousand
 */
public record RateLimitSnapshot(
        LimitStore.Health store,
        List<LimitLine> limits,
        List<BusyLine> busiest,
        int waiting,
        List<CooldownLine> cooldowns) {
    public RateLimitSnapshot {
        limits = List.copyOf(limits);
        busiest = List.copyOf(busiest);
        cooldowns = List.copyOf(cooldowns);
    }

    /**
     * One limit.
     *
     * @param windows as settings write them
     * @param missed in shadow mode, what would not have gone at once
     */
    public record LimitLine(
            String name,
            String mode,
            List<String> countBy,
            String windows,
            Duration maximumWait,
            long admitted,
            long waited,
            long refused,
            long missed) {
        public LimitLine {
            countBy = List.copyOf(countBy);
        }
    }

    /**
     * One scope.
     *
     * @param asked decisions of late, halved every minute
     */
    public record BusyLine(String scope, long asked, long refused) {}

    /**
     * A scope in a cooldown, or one whose limit is lowered.
     *
     * @param status what the connector answered
     * @param remaining how much longer the cooldown takes; zero after it
     * @param factor the part of the limit that is left; it recovers by degrees
     */
    public record CooldownLine(String scope, int status, Duration remaining, double factor) {}

    static LimitLine queue(Limit limit, RateLimitMeters meters) {
        return new LimitLine(
                limit.name(),
                limit.enforced() ? "enforce" : "shadow",
                limit.countBy().stream().map(CountBy::id).sorted().toList(),
                String.join(", ", limit.windows().stream().map(Window::toString).toList()),
                limit.maximumWait(),
                meters.counted(limit, Result.ADMITTED),
                meters.counted(limit, Result.WAITED),
                meters.counted(limit, Result.REFUSED),
                meters.counted(limit, Result.MISSED));
    }
}
