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
 * What this gateway heard of closed and lowered scopes; the store decides, this only tells. Closures are numbered as they
 * are heard, so that an answer can be known to be older than one. Safe on any thread.
 */
final class Cooldowns {
    private static final int MAX_SCOPES = 10_000;
    private static final int MAX_SHOWN = 1_000;

    private final Ticker ticker;
    private final double recoveryMicros;
    private final Map<String, Heard> heard = new LinkedHashMap<>();

    private volatile long latest;

    private record Heard(Cooldown cooldown, long at, long number) {}

    /** @param recovery how long a limit takes from nothing to its whole */
    Cooldowns(Ticker ticker, Duration recovery) {
        this.ticker = ticker;
        this.recoveryMicros = Limit.micros(recovery);
    }

    /** A later word may be about a request that was sent earlier: it never opens, unless it is an operator's. */
    synchronized void put(Cooldown cooldown) {
        long now = ticker.micros();
        Heard before = heard.remove(cooldown.key());
        long known = before == null || cooldown.wasReset() ? 0 : remaining(before, now);
        Cooldown longest = known <= cooldown.remaining()
                ? cooldown
                : new Cooldown(cooldown.key(), cooldown.status(), known, cooldown.factor());
        if (longest.remaining() > 0 || longest.factor() < 1) {
            heard.put(cooldown.key(), new Heard(longest, now, latest + 1));
        }
        if (heard.size() > MAX_SCOPES) {
            heard.remove(heard.keySet().iterator().next());
        }
        if (longest.remaining() > 0) {
            latest++;
        }
    }

    /** The number of the closure that was heard last, 0 for none. */
    long latest() {
        return latest;
    }

    /** A scope of {@code request} that was closed after closure {@code number}, and still is; null for none. */
    @Nullable
    String cooldownSince(PermitRequest request, long number) {
        return latest == number ? null : find(request, number);
    }

    private synchronized @Nullable String find(PermitRequest request, long number) {
        long now = ticker.micros();
        for (Scope scope : request.scopes()) {
            Heard of = heard.get(scope.key());
            if (of != null && of.number() > number && scope.limit().enforced() && remaining(of, now) > 0) {
                return scope.key();
            }
        }
        return null;
    }

    /** For how long {@code request} is closed out, as far as this gateway heard; empty where it is not. */
    synchronized Optional<Duration> remaining(PermitRequest request) {
        long now = ticker.micros();
        long longest = 0;
        for (Scope scope : request.scopes()) {
            Heard of = heard.get(scope.key());
            longest = of == null || !scope.limit().enforced() ? longest : Math.max(longest, remaining(of, now));
        }
        return longest == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(longest * 1_000));
    }

    /** Those that were heard of last, the latest at the end. */
    synchronized List<RateLimitSnapshot.CooldownLine> list() {
        long now = ticker.micros();
        heard.values().removeIf(entry -> remaining(entry, now) == 0 && factor(entry, now) >= 1);
        return heard.values().stream()
                .skip(Math.max(0, heard.size() - MAX_SHOWN))
                .map(entry -> new RateLimitSnapshot.CooldownLine(
                        entry.cooldown().key(),
                        entry.cooldown().status(),
                        Duration.ofNanos(remaining(entry, now) * 1_000),
                        factor(entry, now)))
                .toList();
    }

    private double factor(Heard entry, long now) {
        return Math.min(1, entry.cooldown().factor() + (now - entry.at()) / recoveryMicros);
    }

    private static long remaining(Heard entry, long now) {
        return Math.max(0, entry.cooldown().remaining() - (now - entry.at()));
    }

    /** How far apart admissions restart: the even pace of the slowest window that is no longer than the restart. */
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
