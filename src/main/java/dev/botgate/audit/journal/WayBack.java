package dev.botgate.audit.journal;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The way from the journal back to the database: drains chunk by chunk, and for the last one holds new entries, so that
 * the journal becomes empty and the order is kept.
 *
 * <p>Used on the trail's context, apart from {@link #problem}.
 */
final class WayBack {
    private static final Logger log = LoggerFactory.getLogger(WayBack.class);
    private static final long PAUSE_MILLIS = 100;

    private final Vertx vertx;
    private final AsyncJournal journal;
    private final JournalDrainer drain;
    private final Runnable drained;
    private final Runnable pump;
    private boolean draining;
    private boolean holding;
    private long heldSince;
    private boolean pausing;
    private volatile @Nullable String problem;

    /**
     * A way back.
     *
     * @param drained runs when nothing is left in the journal
     * @param pump runs when a step has ended, and when one is worth a try again
     */
    WayBack(Vertx vertx, AsyncJournal journal, JournalDrainer drain, Runnable drained, Runnable pump) {
        this.vertx = vertx;
        this.journal = journal;
        this.drain = drain;
        this.drained = drained;
        this.pump = pump;
    }

    /** Why the last step failed; empty when it did not. Known on any thread. */
    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /** Whether a step is under way. */
    boolean busy() {
        return draining;
    }

    /** Whether new entries should wait for the end of the next step. */
    boolean holding() {
        return holding;
    }

    /** For how long they have been held; 0 when they are not. */
    long heldNanos(long nowNanos) {
        return holding ? nowNanos - heldSince : 0;
    }

    /** Lets go of new entries unless it is {@code worthIt} to hold them. */
    void hold(boolean worthIt) {
        holding &= worthIt;
    }

    private void hold() {
        if (!holding) {
            heldSince = System.nanoTime();
        }
        holding = true;
    }

    /**
     * Takes the next step, unless one is under way.
     *
     * @param appending whether the journal is just being written
     */
    void next(boolean appending) {
        if (draining || pausing) {
            return;
        }
        if (journal.state().waiting() > 0) {
            draining = true;
            drain.step().onComplete(this::carried, this::notCarried);
        } else if (!appending) {
            hold();
            draining = true;
            journal.rest().onComplete(done -> straightAgain(), cause -> {
                log.atWarn().setCause(cause).log("The journal's last segment could not be deleted");
                straightAgain();
            });
        }
    }

    private void carried(boolean last) {
        draining = false;
        problem = null;
        // What comes from now on waits until the rest is carried over too.
        if (last) {
            hold();
        }
        pump.run();
    }

    private void notCarried(Throwable cause) {
        log.atLevel(problem == null ? Level.WARN : Level.DEBUG)
                .setCause(cause)
                .log("The journal could not be drained; it is tried again");
        // The database's own words may quote an entry.
        problem = cause instanceof IOException ? String.valueOf(cause.getMessage()) : "the database does not take it";
        draining = false;
        holding = false;
        pausing = true;
        vertx.setTimer(PAUSE_MILLIS, ignored -> {
            pausing = false;
            pump.run();
        });
        pump.run();
    }

    private void straightAgain() {
        draining = false;
        holding = false;
        drained.run();
    }
}
