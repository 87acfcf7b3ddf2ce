package dev.botgate.audit.journal;

import dev.botgate.audit.Attempt;
import dev.botgate.audit.AuditSettings;
import dev.botgate.audit.AuditTrail;
import dev.botgate.audit.CallerPromise;
import dev.botgate.audit.ExchangeIds;
import dev.botgate.audit.Intent;
import dev.botgate.audit.Outcome;
import dev.botgate.audit.Recorded;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A trail that goes to PostgreSQL as long as that takes it, and to a journal otherwise.
 *
 * <p>Once a commit fails, or takes longer than the journal's patience, what waits and what was under way goes to the
 * journal, and so does all that comes, until everything in the journal is in the database: so the order is kept. What was
 * under way may be in both; its identity makes that one entry. The last step back holds new entries for one commit.
 *
 * <p>Works on an event loop of its own; whoever calls hears on the context that it called on.
 */
public final class JournaledTrail implements AuditTrail {
    private static final Logger log = LoggerFactory.getLogger(JournaledTrail.class);
    private static final long PAUSE_MILLIS = 100;
    /** What is kept free for the outcome of each exchange that is under way; outcomes are taken beyond the bound too. */
    private static final long OUTCOME_BYTES = 1_024;

    private final Vertx vertx;
    private final Context context;
    private final AuditSettings settings;
    private final ExchangeIds ids;
    private final InstantSource clock;
    private final AsyncJournal journal;
    private final TrailStore store;
    private final CarefulWriter writer;
    private final Drain drain;
    private final JournalMetrics metrics;
    private final Waiting waiting;
    private final long watch;

    private volatile @Nullable String problem;
    private volatile boolean closing;
    /** Whether entries go straight to the database. */
    private volatile boolean direct;
    /** Whether the journal has been empty since the start: nothing of earlier runs is in it. */
    private volatile boolean earlierDrained;

    // What follows is touched on the context only.
    /** What the database is to write; empty once the journal has taken that over. */
    private List<Pending> underWay = List.of();

    private long underWaySince;
    private boolean writing;
    private boolean appending;
    private boolean draining;
    private boolean holding;
    private boolean diskPausing;
    private boolean drainPausing;
    private long open;
    private @Nullable Promise<Void> flushed;
    private @Nullable Future<Void> closed;

    private JournaledTrail(
            Vertx vertx,
            Context context,
            AuditSettings settings,
            ExchangeIds ids,
            InstantSource clock,
            AsyncJournal journal,
            TrailStore store,
            MeterRegistry registry) {
        this.vertx = vertx;
        this.context = context;
        this.settings = settings;
        this.ids = ids;
        this.clock = clock;
        this.journal = journal;
        this.store = store;
        this.writer = new CarefulWriter(store);
        this.waiting = new Waiting();
        this.metrics = new JournalMetrics(registry, journal, waiting);
        this.drain = new Drain(journal, writer, metrics);
        this.direct = journal.state().waiting() == 0;
        this.earlierDrained = direct;
        this.watch = vertx.setPeriodic(
                Math.max(5, settings.journal().patience().toMillis() / 8), ignored -> lookAtTheTime());
    }

    /**
     * Opens the journal and connects to the database, and begins to drain what an earlier run left.
     *
     * @param ids are told which exchanges are settled
     * @param clock tells the time of the outcomes that the trail adds itself
     * @return fails with {@link JournalException} when the journal cannot be used
     */
    public static Future<JournaledTrail> start(
            Vertx vertx,
            TrailStore.Opening store,
            AuditSettings settings,
            ExchangeIds ids,
            InstantSource clock,
            MeterRegistry registry) {
        return start(vertx, store, settings, ids, clock, registry, new Disk());
    }

    static Future<JournaledTrail> start(
            Vertx vertx,
            TrailStore.Opening opening,
            AuditSettings settings,
            ExchangeIds ids,
            InstantSource clock,
            MeterRegistry registry,
            Disk disk) {
        Context context = vertx.getOrCreateContext();
        Promise<JournaledTrail> started = Promise.promise();
        Wakeup wakeup = new Wakeup();
        context.runOnContext(ignored -> AsyncJournal.open(vertx, settings.journal(), disk)
                .compose(journal -> opening.open(journal.identity(), wakeup)
                        .map(store ->
                                new JournaledTrail(vertx, context, settings, ids, clock, journal, store, registry))
                        .recover(cause -> journal.close().transform(done -> Future.failedFuture(cause))))
                .onSuccess(trail -> {
                    wakeup.target = trail::pump;
                    trail.pump();
                })
                .onComplete(started));
        return started.future();
    }

    /** The store is there before the trail that it wakes. */
    private static final class Wakeup implements Runnable {
        private Runnable target = () -> {};

        @Override
        public void run() {
            target.run();
        }
    }

    @Override
    public Future<Void> begin(Intent intent) {
        if (closing) {
            ids.settled(intent.exchange());
            return Future.failedFuture(
                    new GatewayException(Failure.SHUTTING_DOWN, "Nothing was forwarded: the gateway is stopping"));
        }
        Pending pending =
                new Pending(intent, System.nanoTime() + settings.commitTimeout().toNanos());
        waiting.counted(pending);
        if (waiting.count() > settings.maximumWaiting() || waiting.bytes() > settings.maximumWaitingBytes()) {
            waiting.gone(pending);
            ids.settled(intent.exchange());
            return Future.failedFuture(unavailable("too many requests wait to be recorded"));
        }
        context.runOnContext(ignored -> {
            if (diskPausing && !direct) {
                metrics.refusedByDisk();
                refuse(pending, "the journal cannot be written");
            } else {
                waiting.add(pending);
                pump();
            }
        });
        return pending.future();
    }

    @Override
    public void attempt(Attempt attempt) {
        add(attempt);
    }

    @Override
    public void end(Outcome outcome) {
        add(outcome);
    }

    private void add(Recorded recorded) {
        Pending pending = new Pending(recorded, 0);
        waiting.counted(pending);
        context.runOnContext(ignored -> {
            open -= recorded instanceof Outcome ? 1 : 0;
            waiting.add(pending);
            pump();
        });
    }

    @Override
    public Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /** What an operator should know although entries are recorded; empty when there is nothing. */
    public Optional<String> note() {
        AsyncJournal.State state = journal.state();
        List<String> notes = new ArrayList<>();
        if (!direct) {
            notes.add(state.waiting() + " entries in " + state.bytes() + " bytes wait in the journal for the database");
        }
        if (!state.setAside().isEmpty()) {
            notes.add("set aside: "
                    + state.setAside().stream().map(Path::toString).collect(Collectors.joining(", ")));
        }
        return notes.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", notes));
    }

    /** The identity of the journal's directory. */
    public UUID journal() {
        return journal.identity();
    }

    /** Whether everything that earlier runs left in the journal is in the database. */
    public boolean earlierDrained() {
        return earlierDrained;
    }

    /** Whether the journal holds nothing that is not in the database. */
    public boolean drained() {
        return journal.state().waiting() == 0;
    }

    /** The lowest sequence that is not closed in the database; empty while only the journal knows. */
    public OptionalLong firstOpen() {
        // In this order: as long as entries go straight to the database, what is settled is settled there.
        long first = ids.firstOpen();
        return direct && journal.state().damages() == 0 ? OptionalLong.of(first) : OptionalLong.empty();
    }

    /**
     * Takes no more intents, and makes what was taken durable, in the database or in the journal.
     *
     * @return fails when something could be made durable in neither within {@code commitTimeout}
     */
    @Override
    public Future<Void> close() {
        closing = true;
        CallerPromise heard = new CallerPromise();
        context.runOnContext(ignored -> {
            if (closed == null) {
                closed = flush().eventually(store::close).eventually(journal::close);
            }
            closed.onComplete(done -> heard.complete(), heard::fail);
        });
        return heard.future();
    }

    private Future<Void> flush() {
        Promise<Void> promise = Promise.promise();
        flushed = promise;
        holding = false;
        pump();
        return promise.future()
                .timeout(settings.commitTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .recover(late -> {
                    log.atError()
                            .addKeyValue("entries", waiting.count())
                            .log("Entries could not be written before the end");
                    return Future.failedFuture(
                            new IllegalStateException(waiting.count() + " entries of the trail could not be written"));
                })
                .eventually(() -> {
                    boolean stopped = vertx.cancelTimer(watch);
                    log.atDebug().addKeyValue("stopped", stopped).log("The trail is flushed");
                    return Future.succeededFuture();
                });
    }

    private void pump() {
        if (direct) {
            writeNext();
        }
        if (!direct) {
            holding &= store.usable() && !closing;
            appendNext();
            drainNext();
        }
        boolean busy = appending || draining || (direct && writing);
        if (flushed != null && waiting.isEmpty() && !busy) {
            boolean first = flushed.tryComplete();
            log.atTrace().addKeyValue("first", first).log("Nothing waits");
        }
    }

    private void writeNext() {
        if (writing || waiting.isEmpty()) {
            return;
        }
        if (!store.usable()) {
            divert("There is no connection to the database");
            return;
        }
        List<Pending> batch = waiting.take(settings.maximumBatch());
        writing = true;
        underWay = batch;
        underWaySince = System.nanoTime();
        writer.write(Waiting.records(batch)).onComplete(refused -> written(batch, refused), this::notWritten);
    }

    private void written(List<Pending> batch, List<Recorded> refused) {
        writing = false;
        if (!underWay.isEmpty()) {
            underWay = List.of();
            for (Pending one : batch) {
                if (one.isIntent() && refused.contains(one.recorded())) {
                    refuse(one, "the database refuses the record of this request");
                } else {
                    durable(one);
                }
            }
            problem = null;
        }
        pump();
    }

    private void notWritten(Throwable cause) {
        writing = false;
        if (!underWay.isEmpty()) {
            divert(String.valueOf(cause.getMessage()));
        }
        pump();
    }

    /** From here on everything goes to the journal, what is under way first. */
    private void divert(String why) {
        log.atWarn().addKeyValue("reason", why).log("The database does not take the trail; the journal does");
        direct = false;
        underWay.forEach(Pending::sentInVain);
        waiting.putBack(underWay);
        underWay = List.of();
    }

    private void appendNext() {
        while (!appending && !holding && !diskPausing && !waiting.isEmpty()) {
            List<Pending> batch = new ArrayList<>();
            List<byte[]> payloads = new ArrayList<>();
            long room = settings.journal().maximumBytes() - journal.state().bytes() - open * OUTCOME_BYTES;
            for (Pending one : waiting.take(settings.maximumBatch())) {
                byte[] payload = RecordCodec.encode(one.recorded());
                long needed = Frame.bytes(payload.length) + (one.isIntent() ? OUTCOME_BYTES : 0);
                if (one.mustBeRecorded() || needed <= room) {
                    batch.add(one);
                    payloads.add(payload);
                    room -= needed;
                } else {
                    metrics.refusedFull();
                    problem = "the journal is full";
                    refuse(one, "the database is away, and the journal is full");
                }
            }
            if (!batch.isEmpty()) {
                appending = true;
                journal.append(payloads).onComplete(done -> appended(batch), cause -> notAppended(batch, cause));
            }
        }
    }

    private void appended(List<Pending> batch) {
        appending = false;
        metrics.appended(batch.size());
        if (batch.stream().anyMatch(Pending::isIntent)) {
            problem = null;
        }
        batch.forEach(this::durable);
        pump();
    }

    private void notAppended(List<Pending> batch, Throwable cause) {
        appending = false;
        if (problem == null) {
            log.atError().setCause(cause).log("The journal cannot be written");
        }
        problem = "the journal cannot be written: " + cause.getMessage();
        waiting.putBack(batch);
        for (Pending one : waiting.untold()) {
            metrics.refusedByDisk();
            one.fail(unavailable("the journal cannot be written"));
        }
        dropMoot();
        diskPausing = true;
        vertx.setTimer(PAUSE_MILLIS, ignored -> {
            diskPausing = false;
            pump();
        });
        pump();
    }

    private void drainNext() {
        if (draining || writing || drainPausing || closing || !store.usable()) {
            return;
        }
        if (journal.state().waiting() > 0) {
            draining = true;
            drain.step().onComplete(this::carried, this::notCarried);
        } else if (!appending) {
            holding = true;
            draining = true;
            journal.rest().onComplete(done -> straightAgain(), cause -> {
                log.atWarn().setCause(cause).log("The journal's last segment could not be deleted");
                straightAgain();
            });
        }
    }

    private void carried(boolean last) {
        draining = false;
        // What comes from now on waits until the rest is carried over too.
        holding |= last;
        pump();
    }

    private void notCarried(Throwable cause) {
        log.atDebug().setCause(cause).log("The journal could not be drained");
        draining = false;
        holding = false;
        drainPausing = true;
        vertx.setTimer(PAUSE_MILLIS, ignored -> {
            drainPausing = false;
            pump();
        });
        pump();
    }

    private void straightAgain() {
        draining = false;
        holding = false;
        direct = true;
        earlierDrained = true;
        problem = null;
        log.atInfo().log("The journal is drained; the database takes the trail");
        pump();
    }

    private void durable(Pending one) {
        waiting.gone(one);
        if (!one.isIntent()) {
            if (one.recorded() instanceof Outcome outcome) {
                ids.settled(outcome.exchange());
            }
        } else if (one.told()) {
            // It came too late, but is in the trail nevertheless.
            Pending unforwarded =
                    new Pending(Outcome.notForwarded(one.recorded().exchange(), clock.instant()), 0);
            waiting.counted(unforwarded);
            waiting.add(unforwarded);
        } else {
            open++;
            one.succeed();
        }
    }

    private void refuse(Pending one, String why) {
        waiting.gone(one);
        ids.settled(one.recorded().exchange());
        if (!one.told()) {
            one.fail(unavailable(why));
        }
    }

    private void lookAtTheTime() {
        long now = System.nanoTime();
        if (direct
                && writing
                && now - underWaySince > settings.journal().patience().toNanos()) {
            divert("A commit takes longer than " + settings.journal().patience());
            pump();
        }
        List<Pending> expired = waiting.expired(now);
        for (Pending one : expired) {
            metrics.refusedLate();
            one.fail(unavailable("the request could not be recorded in time"));
        }
        if (!expired.isEmpty()) {
            dropMoot();
            pump();
        }
    }

    private void dropMoot() {
        waiting.dropMoot(one -> {
            waiting.gone(one);
            ids.settled(one.recorded().exchange());
        });
    }

    private GatewayException unavailable(String why) {
        return new GatewayException(Failure.AUDIT_UNAVAILABLE, "Nothing was forwarded: " + why, settings.retryAfter());
    }
}
