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

    private final Map<String, Count> counts = new HashMap<>();
    private final List<Count> inTurn = new ArrayList<>();
    private long halvedAt;
    private int turn;
    private long least;

    private static final class Count {
        String scope;
        long asked;
        long refused;

        Count(String scope) {
            this.scope = scope;
        }
    }

    /**
     * One scope.
     *
     * @param asked decisions of late, halved every minute; at most this many
     * @param refused how many of them were refusals
     */
    record Busy(String scope, long asked, long refused) {}

    /** @param now by the ticker, as all that follow */
    BusyScopes(long now) {
        this.halvedAt = now;
    }

    /** Counts a decision; scopes that have nothing to count by are busy only where they refuse, being closed. */
    void asked(PermitRequest ask, boolean refused, long now) {
        if (refused || counted(ask)) {
            count(ask, refused, now);
        }
    }

    private static boolean counted(PermitRequest ask) {
        for (Scope scope : ask.scopes()) {
            if (!scope.limit().windows().isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private synchronized void count(PermitRequest ask, boolean refused, long now) {
        if (now - halvedAt >= HALVED_EVERY) {
            halvedAt = now;
            halve();
        }
        for (Scope scope : ask.scopes()) {
            if (!refused && scope.limit().windows().isEmpty()) {
                continue;
            }
            Count count = counts.get(scope.key());
            if (count == null) {
                count = inTurn.size() < KEPT ? another(scope.key()) : leastOut(scope.key());
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

    private Count another(String scope) {
        Count count = new Count(scope);
        inTurn.add(count);
        least = 0;
        return count;
    }

    /**
     * Gives the count of the scope that was asked for least to {@code scope}, which goes on from there. Looks on from where
     * the last one was found: what has been passed has been asked for more often, and nothing is asked for less as it goes.
     */
    private Count leastOut(String scope) {
        for (int passed = 0; inTurn.get(turn).asked > least; passed++) {
            turn = (turn + 1) % KEPT;
            if (passed == KEPT) {
                least = Long.MAX_VALUE;
                for (Count count : inTurn) {
                    least = Math.min(least, count.asked);
                }
            }
        }
        Count count = inTurn.get(turn);
        counts.remove(count.scope);
        count.scope = scope;
        count.refused = 0;
        return count;
    }

    private void halve() {
        counts.values().forEach(count -> {
            count.asked /= 2;
            count.refused /= 2;
        });
        counts.values().removeIf(count -> count.asked == 0);
        inTurn.removeIf(count -> count.asked == 0);
        turn = 0;
        least = 0;
    }
}
