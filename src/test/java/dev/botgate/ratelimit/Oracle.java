package dev.botgate.ratelimit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Keeps every admission for ever, and judges by trying: slow, and plainly right. */
public final class Oracle {
    private final Map<String, List<Long>> admissions = new HashMap<>();

    public void add(Scope scope, long at) {
        List<Long> times = admissions.computeIfAbsent(scope.key(), missing -> new ArrayList<>());
        times.add(at);
        Collections.sort(times);
    }

    public void remove(Scope scope, long at) {
        times(scope).remove((Object) at);
    }

    /** Whether every window of {@code scope} would hold with one more admission at {@code at}. */
    public boolean fits(Scope scope, long at) {
        List<Long> times = new ArrayList<>(times(scope));
        times.add(at);
        Collections.sort(times);
        return kept(scope, times);
    }

    /** Whether every window of {@code scope} holds. */
    public boolean kept(Scope scope) {
        return kept(scope, times(scope));
    }

    /** The earliest moment from {@code now} on at which all of {@code scopes} have room. */
    public long earliest(List<Scope> scopes, long now) {
        List<Long> candidates = new ArrayList<>(List.of(now));
        for (Scope scope : scopes) {
            for (long time : times(scope)) {
                candidates.add(time);
                for (int w = 0; w < scope.limit().windows().size(); w++) {
                    candidates.add(time + scope.limit().micros(w));
                }
            }
        }
        return candidates.stream()
                .filter(at -> at >= now && scopes.stream().allMatch(scope -> fits(scope, at)))
                .min(Long::compare)
                .orElseThrow();
    }

    private static boolean kept(Scope scope, List<Long> times) {
        for (int w = 0; w < scope.limit().windows().size(); w++) {
            int permits = scope.limit().windows().get(w).permits();
            long length = scope.limit().micros(w);
            for (int i = 0; i + permits < times.size(); i++) {
                if (times.get(i + permits) - times.get(i) < length) {
                    return false;
                }
            }
        }
        return true;
    }

    private List<Long> times(Scope scope) {
        return admissions.getOrDefault(scope.key(), List.of());
    }
}
