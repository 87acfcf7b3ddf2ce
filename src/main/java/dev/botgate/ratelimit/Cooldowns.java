package dev.botgate.ratelimit;

import dev.botgate.ratelimit.LimitStore.Cooldown;
import dev.botgate.ratelimit.PermitRequest.Scope;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The cooldowns and lowered limits that this gateway knows of, numbered in order of arrival, so that reservations from
 * before a cooldown can be found. Decisions are the store's. Safe on any thread.
 */
final class Cooldowns {
    private static final int MAX_SCOPES = 10_000;
    private static final int MAX_SHOWN = 1_000;

    private final Ticker ticker;
    private final double recoveryMicros;
    private final Map<String, Known> byScope = new LinkedHashMap<>();

    private volatile long latest;

    private record Known(Cooldown cooldown, long at, long number) {}

    /** @param recovery how long a limit takes to recover from zero to its full size */
    Cooldowns(Ticker ticker, Duration recovery) {
        this.ticker = ticker;
        this.recoveryMicros = Limit.micros(recovery);
    }

    /**
     * Adds {@code cooldown}. It may be about a request that was sent earlier, so only a reset shortens a known
     * cooldown.
     */
    synchronized void put(Cooldown cooldown) {
        long now = ticker.micros();
        Known before = byScope.remove(cooldown.key());
        long known = before == null || cooldown.wasReset() ? 0 : remaining(before, now);
        Cooldown longest = known <= cooldown.remaining()
                ? cooldown
                : new Cooldown(cooldown.key(), cooldown.status(), known, cooldown.factor());
        if (longest.remaining() > 0 || longest.factor() < 1) {
            byScope.put(cooldown.key(), new Known(longest, now, latest + 1));
        }
        if (byScope.size() > MAX_SCOPES) {
            byScope.remove(byScope.keySet().iterator().next());
        }
        if (longest.remaining() > 0) {
            latest++;
        }
    }

    /** The number of the latest cooldown; 0 for none. */
    long latest() {
        return latest;
    }

    /** A scope of {@code request} whose cooldown began after number {@code number} and still lasts; null for none. */
    @Nullable
    String beganSince(PermitRequest request, long number) {
        return latest == number ? null : find(request, number);
    }

    private synchronized @Nullable String find(PermitRequest request, long number) {
        long now = ticker.micros();
        for (Scope scope : request.scopes()) {
            Known known = byScope.get(scope.key());
            if (known != null && known.number() > number && scope.limit().enforced() && remaining(known, now) > 0) {
                return scope.key();
            }
        }
        return null;
    }

    /** How much longer a cooldown stops {@code request}; empty for none. */
    synchronized Optional<Duration> remaining(PermitRequest request) {
        long now = ticker.micros();
        long longest = 0;
        for (Scope scope : request.scopes()) {
            Known known = byScope.get(scope.key());
            longest = known == null || !scope.limit().enforced() ? longest : Math.max(longest, remaining(known, now));
        }
        return longest == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(longest * 1_000));
    }

    /** The latest cooldowns and lowered limits, in order of arrival. */
    synchronized List<RateLimitSnapshot.CooldownLine> list() {
        long now = ticker.micros();
        byScope.values().removeIf(entry -> remaining(entry, now) == 0 && factor(entry, now) >= 1);
        return byScope.values().stream()
                .skip(Math.max(0, byScope.size() - MAX_SHOWN))
                .map(entry -> new RateLimitSnapshot.CooldownLine(
                        entry.cooldown().key(),
                        entry.cooldown().status(),
                        Duration.ofNanos(remaining(entry, now) * 1_000),
                        factor(entry, now)))
                .toList();
    }

    private double factor(Known entry, long now) {
        return Math.min(1, entry.cooldown().factor() + (now - entry.at()) / recoveryMicros);
    }

    private static long remaining(Known entry, long now) {
        return Math.max(0, entry.cooldown().remaining() - (now - entry.at()));
    }

    /** The spacing of admissions after a cooldown: the even pace of the slowest window no longer than {@code restart}. */
    static long gap(Limit limit, Duration restart) {
        long gap = 0;
        for (int w = 0; w < limit.windows().size(); w++) {
            if (limit.windows().get(w).length().compareTo(restart) <= 0) {
                gap = Math.max(gap, limit.micros(w) / limit.windows().get(w).permits());
            }
        }
        return gap;
    }
}
