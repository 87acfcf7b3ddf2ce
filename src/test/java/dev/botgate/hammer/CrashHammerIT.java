package dev.botgate.hammer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.OutagePolicy;
import dev.botgate.testing.TestVertx;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Kills the gateway and its database at random instants under load, and holds what the connector received against the
 * trail. {@code -Dhammer.rounds=200} makes it long, {@code -Dhammer.seed=N} other.
 */
@ExtendWith(TestVertx.class)
class CrashHammerIT {

    @ParameterizedTest
    @EnumSource(OutagePolicy.class)
    void whateverIsKilledWhenever_nothingIsLostAndNothingDoubled(
            OutagePolicy policy, Vertx vertx, @TempDir Path directory) {
        List<Blow> blows = Blow.on(policy);
        int rounds = Integer.getInteger("hammer.rounds", blows.size());
        long seed = Long.getLong("hammer.seed", System.nanoTime());

        try (Hammer hammer = new Hammer(vertx, directory, policy, seed)) {
            for (int round = 0; round < rounds; round++) {
                hammer.round(round, blows.get(round % blows.size()));
            }

            System.out.printf(
                    "hammer: %s, seed %d, %d rounds, %d mutations received, %d faults; the slowest close took %d ms%n",
                    policy, seed, rounds, hammer.mutations(), hammer.faults().size(), hammer.slowestCloseMillis());
            assertThat(hammer.faults()).isEmpty();
            assertThat(hammer.mutations()).isGreaterThan(rounds * 10L);
        }
    }
}
