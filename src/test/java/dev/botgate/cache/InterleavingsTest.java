package dev.botgate.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.cache.CacheSettings.ListSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Random interleavings of bots, tokens, conversations, pages, removals here and in other gateways, refusals, failures and
 * time, each with a seed of its own, checked by a {@link CacheModel}.
 */
class InterleavingsTest {
    private static final int INTERLEAVINGS = 10_000;
    private static final int STEPS = 50;
    private static final int LONG_STEPS = 4_000;
    private static final ListSettings LISTS =
            new ListSettings(Duration.ofMinutes(5), Duration.ofMinutes(1), Duration.ofMinutes(20));

    private static final List<String> EXPECTED = List.of(
            "hit",
            "hit stale-while-revalidate",
            "hit stale-if-error",
            "fwd=stale stale-if-error",
            "fwd=uri-miss collapsed",
            "fwd=stale renewed",
            "fwd=request renewed",
            "not modified",
            "refused",
            "head");

    /** How many replies of each kind came; each kind must occur for the test to prove something. */
    private final Map<String, Integer> kinds = new TreeMap<>();

    @Test
    void in10000Interleavings_noListCrossesOwners_norOutlivesItsMaximumAge_norARemoval() {
        for (int seed = 0; seed < INTERLEAVINGS; seed++) {
            run(seed, STEPS, seed % 4 == 0 ? 6_000 : 1 << 20);
        }

        System.out.printf("%d interleavings: %s%n", INTERLEAVINGS, kinds);
        assertThat(EXPECTED)
                .allSatisfy(
                        kind -> assertThat(kinds.getOrDefault(kind, 0)).as(kind).isGreaterThan(100));
    }

    @ParameterizedTest
    @CsvSource({"1, 1048576", "2, 1048576", "3, 6000", "4, 12000"})
    void inLongInterleavingsToo(long seed, long room) {
        run(seed, LONG_STEPS, room);

        assertThat(kinds).hasSizeGreaterThan(6);
    }

    private void run(long seed, int steps, long room) {
        CacheFixture fixture = new CacheFixture(CacheFixture.settings(room, LISTS));
        CacheModel model = new CacheModel(fixture, LISTS, new Random(seed), kinds);
        for (int step = 0; step < steps; step++) {
            model.step();
            if (step % 100 == 99) {
                fixture.verify();
            }
        }
        model.finish();
        fixture.verify();
        assertThat(fixture.cache.loadsUnderWay()).isZero();
        assertThat(fixture.timers.waiting()).isZero();
        assertThat(model.violations()).as("seed %d", seed).isEmpty();
    }
}
