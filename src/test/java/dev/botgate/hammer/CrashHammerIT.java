package dev.botgate.hammer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.testing.TestVertx;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the gateway and its database at random instants under load, and holds what the connector received against the
 * trail. {@code -Dhammer.rounds=200} makes it long, {@code -Dhammer.seed=N} other.
 */
@ExtendWith(TestVertx.class)
class CrashHammerIT {

    @Test
    void whateverIsKilledWhenever_nothingIsLostAndNothingDoubled(Vertx vertx, @TempDir Path directory) {
        int rounds = Integer.getInteger("hammer.rounds", Blow.values().length);
        long seed = Long.getLong("hammer.seed", System.nanoTime());

        try (Hammer hammer = new Hammer(vertx, directory, seed)) {
            Iterator<Blow> blows = Stream.generate(Blow::values)
                    .flatMap(Arrays::stream)
                    .limit(rounds)
                    .iterator();
            for (int round = 0; blows.hasNext(); round++) {
                hammer.round(round, blows.next());
            }

            System.out.printf(
                    "hammer: seed %d, %d rounds, %d mutations received, %d faults; the slowest close took %d ms%n",
                    seed, rounds, hammer.mutations(), hammer.faults().size(), hammer.slowestCloseMillis());
            assertThat(hammer.faults()).isEmpty();
            assertThat(hammer.mutations()).isGreaterThan(rounds * 10L);
        }
    }
}
