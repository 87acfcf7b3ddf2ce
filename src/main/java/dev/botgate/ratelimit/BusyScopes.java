package dev.botgate.ratelimit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.botgate.ratelimit.PermitRequest.Scope;
import dev.botgate.ratelimit.RateLimitSnapshot.BusyLine;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The busiest scopes of the last minutes, by counts that are halved every minute. Bounded: rarely used scopes are
 * dropped. Safe on any thread.
 */
final class BusyScopes {
    private static final int MAX_SCOPES = 1_000;
    private static final long HALVED_EVERY = 60_000_000;

    private final Cache<String, Count> counts = Caffeine.newBuilder()
            .maximumSize(MAX_SCOPES)
            .executor(Runnable::run)
            .build();
    private final AtomicLong halvedAt;

    private record Count(AtomicInteger decisions, AtomicInteger refused) {
        void halve() {
            decisions.updateAndGet(count -> count / 2);
            refused.updateAndGet(count -> count / 2);
        }
    }

    /** @param now the ticker's time, as in the other methods */
    BusyScopes(long now) {
        this.halvedAt = new AtomicLong(now);
    }

    /** Counts a decision. Scopes without windows count only if the request was refused. */
    void count(PermitRequest request, boolean refused, long now) {
        long last = halvedAt.get();
        if (now - last >= HALVED_EVERY && halvedAt.compareAndSet(last, now)) {
            counts.asMap().values().forEach(Count::halve);
            counts.asMap().values().removeIf(count -> count.decisions().get() == 0);
        }
        for (Scope scope : request.scopes()) {
            if (refused || !scope.limit().windows().isEmpty()) {
                Count count = counts.get(scope.key(), missing -> new Count(new AtomicInteger(), new AtomicInteger()));
                count.decisions().incrementAndGet();
                count.refused().addAndGet(refused ? 1 : 0);
            }
        }
    }

    /** The {@code maximum} busiest scopes, the busiest first. */
    List<BusyLine> busiest(int maximum) {
        List<BusyLine> all = new ArrayList<>();
        counts.asMap()
                .forEach((scope, count) -> all.add(new BusyLine(
                        scope, count.decisions().get(), count.refused().get())));
        all.sort(Comparator.comparingLong(BusyLine::asked).reversed().thenComparing(BusyLine::scope));
        return List.copyOf(all.subList(0, Math.min(maximum, all.size())));
    }
}
