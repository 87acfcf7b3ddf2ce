package dev.botgate.audit.postgres;

import dev.botgate.audit.AuditSettings;
import dev.botgate.audit.ExchangeIds;
import dev.botgate.audit.Outcome;
import dev.botgate.audit.TrailRecord;
import dev.botgate.audit.waiting.PendingWrite;
import dev.botgate.audit.waiting.WriteQueue;
import dev.botgate.failure.Failure;
import dev.botgate.failure.FatalErrors;
import dev.botgate.failure.GatewayException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what waits, one commit at a time, in the order in which it came but for what the database refuses; and tells those
 * who wait what became of it.
 *
 * <p>Used on the trail's context, apart from {@link #problem} and {@link #unavailable}.
 */
final class BatchWriter {
    private static final Logger log = LoggerFactory.getLogger(BatchWriter.class);

    private final AuditSettings settings;
    private final ExchangeIds ids;
    private final InstantSource clock;
    private final WriteQueue waiting;
    private final TrailMetrics metrics;
    private final Runnable soon;
    private final Runnable idle;
    private final TrailLink link;
    private final BatchBisection suspects = new BatchBisection();
    private boolean writing;
    private boolean ending;
    private volatile @Nullable String problem;

    /**
     * A writer that is not connected yet.
     *
     * @param soon calls {@link #pump} when what the event loop is at has been done
     * @param idle runs when something that was under way has ended, and nothing waits
     */
    BatchWriter(
            Vertx vertx,
            DatabaseAddress address,
            AuditSettings settings,
            ExchangeIds ids,
            InstantSource clock,
            WriteQueue waiting,
            TrailMetrics metrics,
            Runnable soon,
            Runnable idle) {
        this.settings = settings;
        this.ids = ids;
        this.clock = clock;
        this.waiting = waiting;
        this.metrics = metrics;
        this.soon = soon;
        this.idle = idle;
        this.link = new TrailLink(
                vertx, address, ids.gateway().boot(), settings.commitTimeout(), this::pump, this::troubled);
    }

    /** Connects, and finds out whether the trail can be written. */
    Future<Void> open() {
        return link.open();
    }

    /** Why an intent could not be recorded now; empty when it could. Known on any thread. */
    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /** Whether a commit is under way. */
    boolean busy() {
        return writing;
    }

    /** From here on trouble is no news. */
    void end() {
        ending = true;
    }

    Future<Void> close() {
        return link.close();
    }

    /** Writes what waits, unless a write is under way or none is possible; nothing at all where it is to be found out whether one is. */
    void pump() {
        TrailConnection connection = link.usable();
        if (writing || connection == null || (waiting.isEmpty() && problem == null)) {
            return;
        }
        writing = true;
        Batch batch = new Batch(waiting.take(suspects.limit(settings.maximumBatch())));
        long started = System.nanoTime();
        connection
                .write(batch.rows())
                .onComplete(written -> committed(batch, System.nanoTime() - started), cause -> failed(batch, cause));
    }

    private void committed(Batch batch, long nanos) {
        writing = false;
        suspects.cleared(batch.size());
        metrics.committed(batch, nanos);
        for (PendingWrite entry : batch.entries()) {
            waiting.gone(entry);
            if (entry.recorded() instanceof Outcome outcome) {
                ids.settled(outcome.exchange());
            } else if (entry.isIntent() && !entry.told()) {
                entry.succeed();
            } else if (entry.isIntent()) {
                closeUnforwarded(entry.recorded());
            }
        }
        waiting.forgetTold();
        recovered();
        tellWhenIdle();
        soon.run();
    }

    /** An intent that came too late is in the trail nevertheless. */
    private void closeUnforwarded(TrailRecord intent) {
        PendingWrite outcome = new PendingWrite(Outcome.notForwarded(intent.exchange(), clock.instant()), 0);
        waiting.counted(outcome);
        waiting.add(outcome);
    }

    private void recovered() {
        link.worked();
        if (problem != null) {
            log.atInfo().log("The trail can be written again");
            problem = null;
        }
    }

    private void failed(Batch batch, Throwable cause) {
        writing = false;
        FatalErrors.report(cause);
        metrics.retried(batch);
        WriteFailure failure = WriteFailure.of(cause);
        if (failure == WriteFailure.UNCERTAIN || cause instanceof PartlyWrittenException) {
            batch.entries().forEach(PendingWrite::sentInVain);
        }
        switch (failure) {
            case ENTRY_REFUSED -> {
                if (batch.size() == 1) {
                    suspects.convicted();
                    refused(batch.entries().get(0), cause);
                } else {
                    suspects.found(batch.size());
                    putBack(batch);
                }
                pump();
            }
            case NOT_WRITTEN -> {
                putBack(batch);
                troubled("The database does not take the trail: " + cause.getMessage());
                link.pause();
            }
            case SESSION_SPOILT -> {
                putBack(batch);
                troubled("The database does not take the trail: " + cause.getMessage());
                link.renew();
            }
            case UNCERTAIN -> {
                putBack(batch);
                troubled("A write to the database failed midway: " + cause.getMessage());
                link.renew();
            }
        }
    }

    private void putBack(Batch batch) {
        waiting.putBack(batch.entries());
        waiting.dropMoot(this::dropped);
    }

    /** Nothing that is tried again would change the database's mind about {@code entry}. */
    private void refused(PendingWrite entry, Throwable cause) {
        waiting.gone(entry);
        log.atError()
                .addKeyValue("sqlState", WriteFailure.sqlState(cause))
                .log("The database refuses an entry of the trail");
        if (entry.isIntent()) {
            metrics.refusedUnstorable();
            ids.settled(entry.recorded().exchange());
            if (!entry.told()) {
                entry.fail(unavailable("the database refuses the record of this request"));
            }
        }
        TrailRecord bare = entry.recorded().withoutNames();
        if (!bare.equals(entry.recorded())) {
            PendingWrite pending = new PendingWrite(bare, 0);
            waiting.counted(pending);
            waiting.putBack(List.of(pending));
        }
        tellWhenIdle();
    }

    /** Those that nobody would miss will never be in the trail. */
    void dropMoot() {
        waiting.dropMoot(this::dropped);
        tellWhenIdle();
    }

    /** It will never be in the trail, and who asked for it knows. */
    private void dropped(PendingWrite intent) {
        waiting.gone(intent);
        ids.settled(intent.recorded().exchange());
    }

    void troubled(String what) {
        if (!ending && !what.equals(problem)) {
            log.atWarn().addKeyValue("problem", what).log("The trail cannot be written");
        }
        problem = what;
    }

    private void tellWhenIdle() {
        if (waiting.isEmpty() && !writing) {
            idle.run();
        }
    }

    /** What a request hears of which nothing is forwarded. */
    GatewayException unavailable(String why) {
        return new GatewayException(Failure.AUDIT_UNAVAILABLE, "Nothing was forwarded: " + why, settings.retryAfter());
    }
}
