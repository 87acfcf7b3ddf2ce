package dev.botgate.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.ratelimit.Limit.CountBy;
import dev.botgate.ratelimit.PermitRequest.Scope;
import dev.botgate.ratelimit.RateLimitSettings.LimitMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random arrivals, windows and clock steps, against {@link Oracle}. */
public class MemoryStoreOracleTest {
    private static final int ARRIVALS = 400;

    private long clock = 1_000_000;

    static List<Long> seeds() {
        return new Random(20_261_122).longs(300).boxed().toList();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void noWindowIsExceeded_andNoRequestWaitsLongerThanNecessary(long seed) {
        Random random = new Random(seed);
        MemoryStore store = new MemoryStore(() -> clock, SampleLimits.THROTTLED, 1_000);
        Oracle oracle = new Oracle();
        List<Limit> limits = limits(random, false);
        List<Object[]> waiting = new ArrayList<>();
        long latest = Long.MIN_VALUE;

        for (int i = 0; i < ARRIVALS; i++) {
            clock += step(random);
            latest = Math.max(latest, clock);
            PermitRequest ask = ask(random, limits);
            Decision decision = store.decideNow(ask);

            assertThat(latest + decision.delay())
                    .as("seed %d, arrival %d: the earliest moment", seed, i)
                    .isEqualTo(oracle.earliest(ask.scopes(), latest));
            long patience = ask.scopes().stream()
                    .mapToLong(scope -> ask.maximumWaitFor(scope.limit()))
                    .max()
                    .orElseThrow();
            if (decision.admitted()) {
                assertThat(decision.delay()).isLessThanOrEqualTo(patience);
                for (Scope scope : ask.scopes()) {
                    oracle.add(scope, decision.reservation());
                    assertThat(oracle.kept(scope))
                            .as("seed %d, arrival %d: %s", seed, i, scope)
                            .isTrue();
                }
                waiting.add(new Object[] {ask, decision.reservation()});
            }
            if (random.nextInt(8) == 0 && !waiting.isEmpty()) {
                giveBackOne(store, oracle, waiting, random);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void sharedLimitsAreKeptToo_whateverIsGivenBack(long seed) {
        Random random = new Random(seed);
        MemoryStore store = new MemoryStore(() -> clock, SampleLimits.THROTTLED, 1_000);
        Oracle oracle = new Oracle();
        List<Limit> limits = limits(random, true);
        List<Object[]> waiting = new ArrayList<>();
        long latest = Long.MIN_VALUE;

        for (int i = 0; i < ARRIVALS; i++) {
            clock += step(random);
            latest = Math.max(latest, clock);
            PermitRequest ask = ask(random, limits);
            Decision decision = store.decideNow(ask);

            if (decision.admitted()) {
                for (Scope scope : ask.scopes()) {
                    oracle.add(scope, decision.reservation());
                    assertThat(oracle.kept(scope))
                            .as("seed %d, arrival %d: %s", seed, i, scope)
                            .isTrue();
                }
                waiting.add(new Object[] {ask, decision.reservation()});
            } else {
                assertThat(decision.delay()).isPositive();
            }
            if (random.nextInt(8) == 0 && !waiting.isEmpty()) {
                giveBackOne(store, oracle, waiting, random);
            }
        }
    }

    private static void giveBackOne(MemoryStore store, Oracle oracle, List<Object[]> waiting, Random random) {
        Object[] one = waiting.remove(random.nextInt(waiting.size()));
        PermitRequest ask = (PermitRequest) one[0];
        long reservation = (long) one[1];
        assertThat(store.giveBack(ask, reservation).succeeded()).isTrue();
        ask.scopes().forEach(scope -> oracle.remove(scope, reservation));
    }

    /** Mostly bursts and short steps, now and then a leap, rarely a clock that goes back. */
    private static long step(Random random) {
        return switch (random.nextInt(20)) {
            case 0 -> random.nextInt(30_000);
            case 1 -> -random.nextInt(500);
            case 2, 3, 4, 5, 6, 7 -> 0;
            default -> random.nextInt(400);
        };
    }

    private static List<Limit> limits(Random random, boolean shared) {
        List<Limit> limits = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(3); i++) {
            StringBuilder windows = new StringBuilder();
            for (int w = 0; w < 1 + random.nextInt(3); w++) {
                windows.append(w == 0 ? "" : ",")
                        .append(1 + random.nextInt(8))
                        .append('/')
                        .append(1 + random.nextInt(6))
                        .append("ms");
            }
            limits.add(SampleLimits.limit(
                    "limit-" + i,
                    windows.toString(),
                    Duration.ofMillis(random.nextInt(12)),
                    shared && random.nextBoolean() ? Set.of() : Set.of(CountBy.BOT),
                    LimitMode.ENFORCE));
        }
        return limits;
    }

    private static PermitRequest ask(Random random, List<Limit> limits) {
        int bot = random.nextInt(3);
        List<Scope> scopes = new ArrayList<>();
        for (Limit limit : limits) {
            if (scopes.isEmpty() || random.nextInt(4) > 0) {
                String key = limit.name() + (limit.shared() ? "" : "|" + (random.nextInt(3) == 0 ? "x" : bot));
                scopes.add(new Scope(limit, key));
            }
        }
        return SampleLimits.ask(bot, scopes.toArray(Scope[]::new));
    }

    /** Keeps every admission for ever, and judges by trying: slow, and plainly right. */
    public static final class Oracle {
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
}
