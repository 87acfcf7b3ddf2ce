package dev.botgate.audit.journal;

import dev.botgate.audit.AuditSettings;
import dev.botgate.audit.waiting.WriteQueue;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the way of what waits: straight into the database as long as that takes it, by the journal otherwise, and back.
 *
 * <p>Used on the trail's context, apart from {@link #direct}, {@link #earlierDrained}, {@link #drainProblem} and
 * {@link #diskFails}.
 */
final class Ways {
    private static final Logger log = LoggerFactory.getLogger(Ways.class);

    private final AsyncJournal journal;
    private final TrailStore store;
    private final WriteQueue waiting;
    private final Verdicts verdicts;
    private final Duration patience;
    private final Commits commits;
    private final Appends appends;
    private final WayBack wayBack;
    private volatile boolean direct;
    private volatile boolean earlierDrained;
    private @Nullable Promise<Void> ended;

    /**
     * Ways of what is in {@code waiting}.
     *
     * @param soon calls {@link #pump} when what the event loop is at has been done
     */
    Ways(
            Vertx vertx,
            AuditSettings settings,
            AsyncJournal journal,
            TrailStore store,
            WriteQueue waiting,
            Verdicts verdicts,
            JournalQuota room,
            JournalMetrics metrics,
            Runnable soon) {
        this.journal = journal;
        this.store = store;
        this.waiting = waiting;
        this.verdicts = verdicts;
        this.patience = settings.journal().patience();
        CarefulWriter writer = new CarefulWriter(store);
        RefusedRecords refusals = new RefusedRecords(journal, verdicts, metrics);
        this.commits =
                new Commits(store, writer, waiting, verdicts, refusals, settings.maximumBatch(), this::divert, soon);
        this.appends = new Appends(vertx, journal, waiting, verdicts, metrics, room, settings.maximumBatch(), soon);
        this.wayBack = new WayBack(
                vertx,
                journal,
                new JournalDrainer(journal, writer, refusals, metrics),
                this::straightAgain,
                this::pump);
        this.earlierDrained = journal.state().waiting() == 0;
        this.direct = earlierDrained && store.usable();
    }

    /** Whether entries go straight to the database. */
    boolean direct() {
        return direct;
    }

    /** Whether the journal has been empty since the start: nothing of earlier runs is in it. */
    boolean earlierDrained() {
        return earlierDrained;
    }

    /** Why the journal cannot be drained; empty when it can, or nobody has tried. */
    Optional<String> drainProblem() {
        return direct ? Optional.empty() : wayBack.problem();
    }

    /** Whether entries should go to the journal, which just could not be written. */
    boolean diskFails() {
        return !direct && appends.failing();
    }

    /** Holds nothing back any more, and drains nothing; succeeds once nothing waits. */
    Future<Void> end() {
        Promise<Void> promise = Promise.promise();
        ended = promise;
        wayBack.hold(false);
        pump();
        return promise.future();
    }

    /** Whether what waits has to wait for a write that is under way. */
    boolean writing() {
        return direct ? commits.busy() : appends.busy();
    }

    /** Does whatever can be done now; to be called after whatever changes that. */
    void pump() {
        boolean ending = ended != null;
        if (direct) {
            commits.next();
        }
        if (!direct) {
            wayBack.hold(store.usable() && !ending);
            if (!wayBack.holding()) {
                appends.next();
            }
            if (!commits.busy() && !ending && store.usable()) {
                wayBack.next(appends.busy());
            }
        }
        boolean busy = appends.busy() || wayBack.busy() || (direct && commits.busy());
        if (ended != null && waiting.isEmpty() && !busy) {
            boolean first = ended.tryComplete();
            log.atTrace().addKeyValue("first", first).log("Nothing waits");
        }
    }

    /** Waits no longer for a commit, or for the last step back, than the journal's patience. */
    void lookAtTheTime(long nowNanos) {
        if (direct && commits.nanos(nowNanos) > patience.toNanos()) {
            divert("A commit takes longer than " + patience);
            pump();
        }
        if (!direct && wayBack.heldNanos(nowNanos) > patience.toNanos()) {
            wayBack.hold(false);
            pump();
        }
    }

    /** From here on everything goes to the journal, what is under way first. */
    private void divert(String why) {
        log.atWarn().addKeyValue("reason", why).log("The database does not take the trail; the journal does");
        direct = false;
        commits.giveUp();
    }

    private void straightAgain() {
        if (appends.busy() || journal.state().waiting() > 0) {
            // What was held has gone to the journal meanwhile, since the last step took long.
            pump();
            return;
        }
        direct = true;
        earlierDrained = true;
        verdicts.noProblem();
        log.atInfo().log("The journal is drained; the database takes the trail");
        pump();
    }
}
