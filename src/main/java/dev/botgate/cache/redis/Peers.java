package dev.botgate.cache.redis;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The other gateways of a fleet that were heard, and which of them have fallen silent: those may drop what nobody is told
 * of, because they are cut off from what carries it.
 *
 * <p>Time counts in this gateway's own beats, so that nobody seems silent to one that itself stood still. For one event
 * loop.
 */
final class Peers {
    /** Beats without a sign of life, after which a gateway counts as silent. */
    static final int PATIENCE = 3;

    /** So many times that long it is waited for; then it counts as gone. */
    static final int GIVEN_UP_AFTER = 100;

    private static final long LONGEST = 1_000_000;

    /** What a beat of this gateway's shows. */
    enum Change {
        FELL_SILENT,
        GIVEN_UP
    }

    /** A gateway of which {@code change} is to be told. */
    record Found(String gateway, Change change) {}

    private final long everyMillis;
    private final Map<String, Peer> peers = new HashMap<>();
    private long beats;

    /** @param everyMillis how far this gateway's own beats are apart */
    Peers(long everyMillis) {
        this.everyMillis = everyMillis;
    }

    private static final class Peer {
        private final long patience;
        private long heardAt;
        private boolean silent;

        Peer(long patience, long heardAt) {
            this.patience = patience;
            this.heardAt = heardAt;
        }

        /** What is new at {@code now}, if anything. */
        Optional<Change> at(long now) {
            long quiet = now - heardAt;
            if (!silent && quiet > patience) {
                silent = true;
                return Optional.of(Change.FELL_SILENT);
            }
            return quiet > patience * GIVEN_UP_AFTER ? Optional.of(Change.GIVEN_UP) : Optional.empty();
        }
    }

    /** Takes note of a sign of life. @return whether that gateway was silent, so that what it told may be lost */
    boolean heard(Beat beat) {
        Peer before =
                beat.isLast() ? peers.remove(beat.from()) : peers.put(beat.from(), new Peer(patience(beat), beats));
        return before != null && before.silent;
    }

    /** Counts a beat of this gateway's. */
    List<Found> beat() {
        beats++;
        List<Found> found = peers.entrySet().stream()
                .flatMap(peer -> peer.getValue().at(beats).stream().map(change -> new Found(peer.getKey(), change)))
                .toList();
        found.stream().filter(one -> one.change() == Change.GIVEN_UP).forEach(one -> peers.remove(one.gateway()));
        return found;
    }

    /** Nobody could be heard until now: who was not silent before, is not yet. */
    void restart() {
        peers.values().stream().filter(peer -> !peer.silent).forEach(peer -> peer.heardAt = beats);
    }

    /** Whether none is silent. */
    boolean allHeard() {
        return peers.values().stream().noneMatch(peer -> peer.silent);
    }

    /** In this gateway's beats, however far apart the other's are. */
    private long patience(Beat beat) {
        long apart = Math.max(1, (beat.everyMillis() + everyMillis - 1) / everyMillis);
        return PATIENCE * Math.min(LONGEST, apart);
    }
}
