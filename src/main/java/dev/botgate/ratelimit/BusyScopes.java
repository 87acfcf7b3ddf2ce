package dev.botgate.ratelimit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The scopes that were asked for most of late, in bounded space: the space-saving algorithm of Metwally, Agrawal and El
 * Abbadi (2005), halved every minute. Safe on any thread.
 */
final class BusyScopes {
    private static final int KEPT = 256;
    private static final long HALVED_EVERY = 60_000_000;

    private final Ticker ticker;
    private final Map<String, Count> counts = new HashMap<>();
    private long halvedAt;

    private static final class Count {
        long asked;
        long refused;
    }

    /**
     * One scope.
     *
     * @param asked decisions of late, halved every minute; at most this many
     * @param refused how many of them were refusals
     */
    record Busy(String scope, long asked, long refused) {}

    BusyScopes(Ticker ticker) {
        this.ticker = ticker;
        this.halvedAt = ticker.micros();
    }

    synchronized void asked(Ask ask, boolean refused) {
        if (ticker.micros() - halvedAt >= HALVED_EVERY) {
            halve();
        }
        for (Scope scope : ask.scopes()) {
            Count count = counts.get(scope.key());
            if (count == null) {
                count = counts.size() < KEPT ? new Count() : leastOut();
                counts.put(scope.key(), count);
            }
            count.asked++;
            count.refused += refused ? 1 : 0;
        }
    }

    synchronized List<Busy> top(int most) {
        List<Busy> all = new ArrayList<>();
        counts.forEach((scope, count) -> all.add(new Busy(scope, count.asked, count.refused)));
        all.sort(Comparator.comparingLong(Busy::asked).reversed().thenComparing(Busy::scope));
        return List.copyOf(all.subList(0, Math.min(most, all.size())));
    }

    /** Takes out the count of the scope that was asked for least; its successor goes on from there. */
    private Count leastOut() {
        Map.Entry<String, Count> least = counts.entrySet().stream()
                .min(Comparator.comparingLong(entry -> entry.getValue().asked))
                .orElseThrow();
        Count count = least.getValue();
        counts.remove(least.getKey());
        count.refused = 0;
        return count;
    }

    private void halve() {
        halvedAt = ticker.micros();
        counts.values().forEach(count -> {
            count.asked /= 2;
            count.refused /= 2;
        });
        counts.values().removeIf(count -> count.asked == 0);
    }
}
