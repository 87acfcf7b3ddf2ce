package dev.botgate.hammer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.AuditAnswer;
import dev.botgate.audit.OutagePolicy;
import dev.botgate.hammer.CrashHammer.Disruption;
import dev.botgate.testing.TestVertx;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Kills the gateway and its database at random instants under load, fills the disk, and holds what the connector received
 * against the trail. {@code -Dhammer.rounds=200} makes it long, {@code -Dhammer.seed=N} other. Three
 * quarters of the rounds are of a gateway with a journal. Where answers wait for their outcomes, no 201 may be unknown.
 */
@ExtendWith(TestVertx.class)
@Timeout(value = 1, unit = TimeUnit.DAYS)
class CrashHammerIT {

    @ParameterizedTest
    @CsvSource({"REFUSE, AT_ONCE", "JOURNAL, AT_ONCE", "REFUSE, RECORDED"})
    void whateverIsKilledWhenever_nothingIsLostAndNothingDoubled(
            OutagePolicy policy, AuditAnswer answer, Vertx vertx, @TempDir Path directory) {
        List<Disruption> blows =
                answer == AuditAnswer.RECORDED ? Disruption.ofRecordedAnswers() : Disruption.on(policy);
        int all = Integer.getInteger("hammer.rounds", 4);
        int rounds = policy == OutagePolicy.JOURNAL ? all - all / 4 : Math.max(2, all / 4);
        long seed = Long.getLong("hammer.seed", System.nanoTime());

        try (CrashHammer hammer = new CrashHammer(vertx, directory, policy, answer, seed)) {
            for (int round = 0; round < rounds; round++) {
                hammer.round(round, blows.get(round % blows.size()));
            }

            System.out.printf(
                    "hammer: %s, answers %s, seed %d, %d rounds, %d mutations received, %d losses and other faults;"
                            + " the slowest close took %d ms; with no room left, %s%n",
                    policy,
                    answer,
                    seed,
                    rounds,
                    hammer.mutations(),
                    hammer.faults().size(),
                    hammer.slowestCloseMillis(),
                    hammer.refusals());
            assertThat(hammer.faults()).isEmpty();
            assertThat(hammer.mutations()).isGreaterThanOrEqualTo(2L * CrashHammer.AT_WORK * rounds);
        }
    }
}
