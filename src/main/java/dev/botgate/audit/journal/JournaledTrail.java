package dev.botgate.audit.journal;

import dev.botgate.audit.Attempt;
import dev.botgate.audit.AuditSettings;
import dev.botgate.audit.AuditTrail;
import dev.botgate.audit.ContextPromise;
import dev.botgate.audit.ExchangeIds;
import dev.botgate.audit.Intent;
import dev.botgate.audit.Outcome;
import dev.botgate.audit.TrailRecord;
import dev.botgate.audit.waiting.PendingWrite;
import dev.botgate.audit.waiting.WriteQueue;
import dev.botgate.audit.waiting.WriteQueueInbox;
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

    private final Vertx vertx;
    private final Context context;
    private final AuditSettings settings;
    private final ExchangeIds ids;
    private final AsyncJournal journal;
    private final TrailStore store;
    private final JournalMetrics metrics;
    private final WriteQueue waiting;
    private final Verdicts verdicts;
    private final JournalQuota room;
    private final Ways ways;
    private final WriteQueueInbox inbox;
    private final long watch;

    private volatile boolean closing;
    /** Touched on the context only. */
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
        this.journal = journal;
        this.store = store;
        this.waiting = new WriteQueue();
        this.verdicts = new Verdicts(waiting, ids, clock, settings.retryAfter());
        this.room = new JournalQuota(settings.journal().maximumBytes(), journal, waiting, verdicts);
        this.metrics = new JournalMetrics(registry, journal, waiting);
        this.ways = new Ways(vertx, settings, journal, store, waiting, verdicts, room, metrics, this::callSoon);
        this.inbox = new WriteQueueInbox(context, this::received, this::worthMore, ways::pump);
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
                    wakeup.target = trail.ways::pump;
                    trail.ways.pump();
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
        PendingWrite pending = new PendingWrite(
                intent, System.nanoTime() + settings.commitTimeout().toNanos());
        waiting.counted(pending);
        if (waiting.count() > settings.maximumWaiting() || waiting.bytes() > settings.maximumWaitingBytes()) {
            return refusedAtOnce(pending, "too many requests wait to be recorded");
        }
        if (ways.diskFails()) {
            metrics.refusedByDisk();
            return refusedAtOnce(pending, "the journal cannot be written");
        }
        if (!ways.direct() && !room.left()) {
            metrics.refusedFull();
            context.runOnContext(ignored -> full());
            return refusedAtOnce(pending, "the database is away, and the journal is full");
        }
        inbox.put(pending);
        return pending.future();
    }

    /** In the caller's own turn: nothing is written, and nobody else is asked. */
    private Future<Void> refusedAtOnce(PendingWrite pending, String why) {
        verdicts.dropped(pending);
        return Future.failedFuture(verdicts.unavailable(why));
    }

    private void full() {
        if (!ways.direct()) {
            verdicts.problem("the journal is full");
        }
    }

    @Override
    public void attempt(Attempt attempt) {
        add(attempt);
    }

    @Override
    public void end(Outcome outcome) {
        add(outcome);
    }

    private void callSoon() {
        inbox.call();
    }

    /** While a write is under way, what waits goes into the next one anyhow. */
    private boolean worthMore() {
        return !closing && !ways.writing() && waiting.count() < settings.maximumBatch();
    }

    private void received(PendingWrite pending) {
        if (pending.recorded() instanceof Outcome) {
            verdicts.ended();
        }
        waiting.add(pending);
    }

    private void add(TrailRecord recorded) {
        PendingWrite pending = new PendingWrite(recorded, 0);
        waiting.counted(pending);
        inbox.put(pending);
    }

    @Override
    public Optional<String> problem() {
        return verdicts.problem();
    }

    /** What an operator should know although entries are recorded; empty when there is nothing. */
    public Optional<String> note() {
        AsyncJournal.State state = journal.state();
        List<String> notes = new ArrayList<>();
        if (!ways.direct()) {
            notes.add("the journal takes the trail: " + state.waiting() + " entries in " + state.bytes()
                    + " bytes wait in the journal for the database");
        }
        ways.drainProblem().ifPresent(why -> notes.add("the journal cannot be drained: " + why));
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
        return ways.earlierDrained();
    }

    /** Whether the journal holds nothing that is not in the database. */
    public boolean drained() {
        return journal.state().waiting() == 0;
    }

    /** The lowest sequence that is not closed in the database; empty while only the journal knows. */
    public OptionalLong firstOpen() {
        // In this order: as long as entries go straight to the database, what is settled is settled there.
        long first = ids.firstOpen();
        return ways.direct() && journal.state().damages() == 0 ? OptionalLong.of(first) : OptionalLong.empty();
    }

    /**
     * Takes no more intents, and makes what was taken durable, in the database or in the journal.
     *
     * @return fails when something could be made durable in neither within {@code commitTimeout}
     */
    @Override
    public Future<Void> close() {
        closing = true;
        ContextPromise heard = new ContextPromise();
        context.runOnContext(ignored -> {
            if (closed == null) {
                var unused = inbox.handOver();
                closed = flush().eventually(store::close).eventually(journal::close);
            }
            closed.onComplete(done -> heard.complete(), heard::fail);
        });
        return heard.future();
    }

    private Future<Void> flush() {
        return ways.end()
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

    private void lookAtTheTime() {
        long now = System.nanoTime();
        ways.lookAtTheTime(now);
        List<PendingWrite> expired = waiting.expired(now);
        expired.forEach(one -> metrics.refusedLate());
        if (!expired.isEmpty()) {
            verdicts.failed(expired, "the request could not be recorded in time");
            ways.pump();
        }
    }
}
