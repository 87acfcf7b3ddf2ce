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
 * Decides which other runs are dead, by looking: a run is silent only for as long as one has been looking and its beat has
 * not moved. No clocks are compared, and what nobody could see, because the database was away, is no silence.
 *
 * <p>A run that has a journal may have outcomes there that nobody else can see, so it is given {@code journalGrace} in
 * addition. Where a living run has that journal now, the dead one's entries are being drained, and its closing is left to
 * that run, which does it when the journal is drained and the other is silent for as long as any: a copied directory has
 * the same identity, so having its lock proves nothing.
 *
 * <p>Not thread-safe.
 */
final class Liveness {
    private final HeartbeatSettings settings;
    private final @Nullable UUID ownJournal;
    private final Map<UUID, Watched> watched = new HashMap<>();

    /** A run as its row tells it. */
    record Seen(UUID runId, OffsetDateTime beatAt, @Nullable UUID journal, boolean ended) {}

    private record Watched(OffsetDateTime beatAt, long sinceNanos) {}

    Liveness(HeartbeatSettings settings, @Nullable UUID ownJournal) {
        this.settings = settings;
        this.ownJournal = ownJournal;
    }

    /**
     * The runs that have left for good what they left open.
     *
     * @param seen the other runs, as of {@code nowNanos}
     * @param drained whether the own journal holds nothing of earlier runs
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

    /** What was, since the last look, could not be seen: the time until the next look is nobody's silence. */
    void blind() {
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
