package dev.botgate.audit.postgres;

import dev.botgate.audit.HeartbeatSettings;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Decides which other runs are dead. A run counts as silent while its heartbeat, as this gateway reads it, does not change.
 * Clocks of different hosts are not compared, and time during which the database was away does not count as silence.
 *
 * <p>A run with a journal may have outcomes in it, so it gets {@code journalGrace} in addition. If a living run has the same
 * journal, it drains the dead run's records, and only it closes the dead run: once the journal is drained and the dead run
 * has been silent for {@code deadAfter}. The silence is needed because a copied directory has the same identity.
 *
 * <p>Not thread-safe.
 */
final class Liveness {
    private final HeartbeatSettings settings;
    private final @Nullable UUID ownJournal;
    private final Map<UUID, Watched> watched = new HashMap<>();

    /** A run, as its row in the database says. */
    record Seen(UUID runId, OffsetDateTime beatAt, @Nullable UUID journal, boolean ended) {}

    private record Watched(OffsetDateTime beatAt, long sinceNanos) {}

    Liveness(HeartbeatSettings settings, @Nullable UUID ownJournal) {
        this.settings = settings;
        this.ownJournal = ownJournal;
    }

    /**
     * The dead runs, whose open intents may be closed.
     *
     * @param seen the other runs, as of {@code nowNanos}
     * @param drained whether the own journal holds no records of earlier runs
     */
    List<Seen> dead(List<Seen> seen, boolean drained, long nowNanos) {
        watched.keySet().retainAll(seen.stream().map(Seen::runId).collect(Collectors.toSet()));
        for (Seen one : seen) {
            Watched before = watched.get(one.runId());
            if (before == null || !before.beatAt().equals(one.beatAt())) {
                watched.put(one.runId(), new Watched(one.beatAt(), nowNanos));
            }
        }
        Set<UUID> heldJournals = seen.stream()
                .filter(one -> !one.ended() && silence(one, nowNanos).compareTo(settings.deadAfter()) < 0)
                .map(Seen::journal)
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
        return seen.stream()
                .filter(one -> isDead(one, heldJournals, drained, nowNanos))
                .toList();
    }

    /** Starts all measurements of silence anew: the time until the next call of {@link #dead} does not count. */
    void restart() {
        watched.clear();
    }

    private boolean isDead(Seen one, Set<UUID> heldJournals, boolean drained, long nowNanos) {
        UUID journal = one.journal();
        if (one.ended()) {
            return true;
        }
        if (journal == null) {
            return silence(one, nowNanos).compareTo(settings.deadAfter()) >= 0;
        }
        if (journal.equals(ownJournal)) {
            return drained && silence(one, nowNanos).compareTo(settings.deadAfter()) >= 0;
        }
        return !heldJournals.contains(journal)
                && silence(one, nowNanos).compareTo(settings.deadAfter().plus(settings.journalGrace())) >= 0;
    }

    private Duration silence(Seen one, long nowNanos) {
        Watched since = watched.get(one.runId());
        return since == null ? Duration.ZERO : Duration.ofNanos(nowNanos - since.sinceNanos());
    }
}
