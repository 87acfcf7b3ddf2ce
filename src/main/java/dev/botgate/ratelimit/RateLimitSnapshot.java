package dev.botgate.ratelimit;

import dev.botgate.ratelimit.Limit.CountBy;
import dev.botgate.ratelimit.RateLimitMeters.Result;
import java.time.Duration;
import java.util.List;

/**
 * The state of the rate limits, for an operator.
 *
 * @param limits every configured limit, with the results in this gateway
 * @param busiest the busiest scopes of the last minutes in this gateway; those without windows only if they refused
 * @param waiting the number of waiting requests in this gateway
 * @param cooldowns scopes in the fleet that a connector's 429 or 412 closed or lowered; the latest thousand
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
     * @param missed in shadow mode, requests that would not have been admitted at once
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
     * @param asked recent decisions, halved every minute
     */
    public record BusyLine(String scope, long asked, long refused) {}

    /**
     * A scope in a cooldown, or one whose limit is lowered.
     *
     * @param status what the connector answered
     * @param remaining the remaining time of the cooldown; zero after it
     * @param factor the fraction to which the limit is lowered; it recovers gradually
     */
    public record CooldownLine(String scope, int status, Duration remaining, double factor) {}

    static LimitLine limitLine(Limit limit, RateLimitMeters meters) {
        return new LimitLine(
                limit.name(),
                limit.enforced() ? "enforce" : "shadow",
                limit.countBy().stream().map(CountBy::id).sorted().toList(),
                String.join(", ", limit.windows().stream().map(Window::toString).toList()),
                limit.maximumWait(),
                meters.total(limit, Result.ADMITTED),
                meters.total(limit, Result.WAITED),
                meters.total(limit, Result.REFUSED),
                meters.total(limit, Result.MISSED));
    }
}
