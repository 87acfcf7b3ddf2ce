package dev.botgate.audit.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.HeartbeatSettings;
import dev.botgate.audit.postgres.Liveness.Seen;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LivenessTest {
    private static final HeartbeatSettings SETTINGS =
            new HeartbeatSettings(Duration.ofSeconds(5), Duration.ofSeconds(20), Duration.ofSeconds(15));
    private static final OffsetDateTime LONG_AGO = OffsetDateTime.parse("2026-01-01T00:00:00Z");
    private static final UUID BOOT = UUID.randomUUID();
    private static final UUID JOURNAL = UUID.randomUUID();
    private static final UUID OWN_JOURNAL = UUID.randomUUID();

    private final Liveness liveness = new Liveness(SETTINGS, OWN_JOURNAL);

    @Test
    void aRunIsDead_onceItWasSeenToBeSilentForLongEnough() {
        Seen silent = new Seen(BOOT, LONG_AGO, null, false);

        assertThat(dead(0, silent)).as("an old beat alone says nothing").isEmpty();
        assertThat(dead(19, silent)).isEmpty();
        assertThat(dead(20, silent)).containsExactly(silent);
    }

    @Test
    void aBeatBeginsTheSilenceAnew() {
        assertThat(dead(0, new Seen(BOOT, LONG_AGO, null, false))).isEmpty();
        Seen beaten = new Seen(BOOT, LONG_AGO.plusSeconds(1), null, false);

        assertThat(dead(19, beaten)).isEmpty();
        assertThat(dead(38, beaten)).isEmpty();
        assertThat(dead(39, beaten)).containsExactly(beaten);
    }

    @Test
    void whatNobodyCouldSee_isNoSilence() {
        Seen silent = new Seen(BOOT, LONG_AGO, null, false);
        assertThat(dead(0, silent)).isEmpty();
        assertThat(dead(15, silent)).isEmpty();

        liveness.restart();

        assertThat(dead(600, silent)).isEmpty();
        assertThat(dead(619, silent)).isEmpty();
        assertThat(dead(620, silent)).containsExactly(silent);
    }

    @Test
    void aRunThatHasEnded_needNotBeWaitedFor() {
        Seen ended = new Seen(BOOT, LONG_AGO, JOURNAL, true);

        assertThat(dead(0, ended)).containsExactly(ended);
    }

    @Test
    void aRunWithAJournal_isGivenTimeToComeBack() {
        Seen silent = new Seen(BOOT, LONG_AGO, JOURNAL, false);

        assertThat(dead(0, silent)).isEmpty();
        assertThat(dead(34, silent)).isEmpty();
        assertThat(dead(35, silent)).containsExactly(silent);
    }

    @Test
    void aRunWhoseJournalALivingOneHas_isLeftToThatOne() {
        Seen silent = new Seen(BOOT, LONG_AGO, JOURNAL, false);
        UUID successor = UUID.randomUUID();

        assertThat(dead(0, silent)).isEmpty();
        assertThat(dead(30, silent, new Seen(successor, LONG_AGO.plusSeconds(30), JOURNAL, false)))
                .isEmpty();
        assertThat(dead(40, silent, new Seen(successor, LONG_AGO.plusSeconds(40), JOURNAL, false)))
                .isEmpty();
        assertThat(dead(60, silent, new Seen(successor, LONG_AGO.plusSeconds(40), JOURNAL, false)))
                .as("the successor is silent too")
                .containsExactly(silent);
    }

    @Test
    void aRunOfTheOwnJournal_isDeadOnceThatIsDrained() {
        Seen earlier = new Seen(BOOT, LONG_AGO, OWN_JOURNAL, false);

        assertThat(liveness.dead(List.of(earlier), false, seconds(100))).isEmpty();
        assertThat(liveness.dead(List.of(earlier), false, seconds(130))).isEmpty();
        assertThat(liveness.dead(List.of(earlier), true, seconds(130))).containsExactly(earlier);
    }

    @Test
    void aRunOfTheOwnJournalThatStillBeats_lives() {
        Seen first = new Seen(BOOT, LONG_AGO, OWN_JOURNAL, false);
        Seen beaten = new Seen(BOOT, LONG_AGO.plusSeconds(19), OWN_JOURNAL, false);

        assertThat(dead(0, first))
                .as("a copied directory has the same identity")
                .isEmpty();
        assertThat(dead(19, beaten)).isEmpty();
        assertThat(dead(38, beaten)).isEmpty();
        assertThat(dead(39, beaten)).containsExactly(beaten);
    }

    private List<Seen> dead(long atSecond, Seen... seen) {
        return liveness.dead(Stream.of(seen).toList(), true, seconds(atSecond));
    }

    private static long seconds(long seconds) {
        return Duration.ofSeconds(seconds).toNanos();
    }
}
