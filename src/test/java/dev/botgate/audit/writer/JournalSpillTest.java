package dev.botgate.audit.writer;

import static dev.botgate.testing.Await.await;
import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.botgate.audit.Attempt;
import dev.botgate.audit.ExchangeIds;
import dev.botgate.audit.Exchanges;
import dev.botgate.audit.GatewayRun;
import dev.botgate.audit.Intent;
import dev.botgate.audit.OutcomeStatus;
import dev.botgate.audit.TrailRecord;
import dev.botgate.audit.journal.Disk;
import dev.botgate.audit.journal.FailingDisk;
import dev.botgate.testing.Patience;
import dev.botgate.testing.TestVertx;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The turn from the database to the journal and back, one step at a time. */
@ExtendWith(TestVertx.class)
class JournalSpillTest {
    /** A patience for commits that end when the test says so. */
    private static final Duration LONG = Duration.ofSeconds(10);

    private final HeldStore store = new HeldStore();
    private final ExchangeIds ids =
            new ExchangeIds(new GatewayRun("gate-1", UUID.randomUUID()), InstantSource.system());
    private final Vertx vertx;
    private final Context context;

    @TempDir
    Path directory;

    JournalSpillTest(Vertx vertx) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
    }

    @Test
    void whenTheDatabaseIsAwayAtTheStart_theJournalTakesTheTrail_andAllOfItIsDrainedLater() throws Exception {
        TrailWriter trail = trail(false);
        assertThat(trail.note().orElse("")).contains("the trail is written to the journal");
        assertThat(trail.problem()).isEmpty();
        assertThat(trail.firstOpen()).as("only the journal knows").isEmpty();
        Intent intent = begun(trail);

        usable(true);
        HeldStore.Write drained = store.next();
        assertThat(drained.records()).containsExactly(intent);
        drained.end().complete();

        until(() -> trail.note().isEmpty());
        assertThat(store.written()).containsExactly(intent);
        await(trail.close());
    }

    @Test
    void whenTheDatabaseGoes_theOperatorIsTold_evenWhileNothingIsRecorded() {
        TrailWriter trail = trail(true);
        assertThat(trail.note()).isEmpty();

        usable(false);

        until(() -> trail.note().isPresent());
        assertThat(trail.problem()).isEmpty();
        await(trail.close());
    }

    @Test
    void whenTheLastStepBackHangs_newEntriesGoToTheJournal() throws Exception {
        TrailWriter trail = trail(false);
        Intent first = begun(trail);
        usable(true);
        HeldStore.Write beforeLast = store.next();
        Intent second = begun(trail);
        beforeLast.end().complete();
        HeldStore.Write last = store.next();
        assertThat(last.records()).containsExactly(second);

        Intent third = begun(trail);

        last.end().complete();
        store.next().end().complete();
        until(() -> trail.note().isEmpty());
        assertThat(store.written()).containsExactly(first, second, third);
        await(trail.close());
    }

    @Test
    void whenTheJournalsEndHangs_whatGoesThereMeanwhileIsNotForgotten() throws Exception {
        CountDownLatch deletable = new CountDownLatch(1);
        TrailWriter trail = trail(false, new Disk() {
            @Override
            public void delete(Path file) throws IOException {
                try {
                    boolean inTime = deletable.await(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
                    assertThat(inTime).isTrue();
                } catch (InterruptedException e) {
                    throw new InterruptedIOException();
                }
                super.delete(file);
            }
        });
        Intent first = begun(trail);
        usable(true);
        store.next().end().complete();
        until(trail::drained);
        Intent second = intent();
        Future<Void> begun = trail.begin(second);
        // The connection is lost and found, so that nothing is held any more.
        usable(false);
        usable(true);

        deletable.countDown();

        await(begun);
        store.next().end().complete();
        until(() -> trail.note().isEmpty());
        assertThat(trail.drained()).isTrue();
        assertThat(store.written()).containsExactly(first, second);
        await(trail.close());
    }

    @Test
    void whenTheDatabaseRefusesAnOutcome_itIsKept_andItsExchangeIsNotClosed() throws Exception {
        TrailWriter trail = trail(true, new Disk(), LONG);
        Future<Void> begun = trail.begin(intent());
        HeldStore.Write written = store.next();
        written.end().complete();
        await(begun);

        trail.end(Exchanges.outcome((Intent) written.records().get(0), OutcomeStatus.SUCCEEDED, "1:named"));
        store.next().end().fail(new TrailStore.RefusedRecordException("23514"));
        store.next().end().fail(new TrailStore.RefusedRecordException("23514"));

        until(() -> trail.note().orElse("").contains(".refused"));
        await(trail.close());
        assertThat(trail.firstOpen()).as("so that others close it as unknown").hasValue(1);
    }

    @Test
    void whenTheDatabaseRefusesAnAttempt_itIsKept_andItsExchangeIsClosed() throws Exception {
        TrailWriter trail = trail(true, new Disk(), LONG);
        Intent intent = intent();
        Future<Void> begun = trail.begin(intent);
        store.next().end().complete();
        await(begun);

        trail.attempt(new Attempt(intent.exchange(), 1, Instant.EPOCH, 500, null, Duration.ofMillis(1)));
        store.next().end().fail(new TrailStore.RefusedRecordException("23514"));
        store.next().end().fail(new TrailStore.RefusedRecordException("23514"));
        trail.end(Exchanges.outcome(intent, OutcomeStatus.SUCCEEDED));
        store.next().end().complete();

        until(() -> trail.firstOpen().orElse(0) == 2);
        assertThat(trail.note().orElse("")).contains(".refused");
        await(trail.close());
    }

    @Test
    void whenTheDatabaseRefusesAnOutcomeOfTheJournal_itsExchangeIsNotClosed() throws Exception {
        TrailWriter trail = trail(false);
        Intent intent = begun(trail);
        trail.end(Exchanges.outcome(intent, OutcomeStatus.SUCCEEDED));
        until(() -> ids.firstOpen() == 2);

        usable(true);
        HeldStore.Write both = store.next();
        assertThat(both.records()).hasSize(2);
        both.end().fail(new TrailStore.RefusedRecordException("23514"));
        store.next().end().complete();
        store.next().end().fail(new TrailStore.RefusedRecordException("23514"));
        store.next().end().fail(new TrailStore.RefusedRecordException("23514"));

        until(() -> trail.firstOpen().isPresent());
        assertThat(trail.note().orElse("")).contains(".refused");
        assertThat(trail.firstOpen()).as("so that others close it as unknown").hasValue(1);
        await(trail.close());
    }

    @Test
    void whenWhatTheDatabaseRefusesCannotBeCopied_itsSegmentIsKept_andTheRestIsDrained() throws Exception {
        FailingDisk disk = new FailingDisk();
        TrailWriter trail = trail(false, disk);
        Intent intent = begun(trail);
        trail.end(Exchanges.outcome(intent, OutcomeStatus.SUCCEEDED));
        until(() -> ids.firstOpen() == 2);
        disk.fullAfter(0);

        usable(true);
        store.next().end().fail(new TrailStore.RefusedRecordException("23514"));
        store.next().end().complete();
        store.next().end().fail(new TrailStore.RefusedRecordException("23514"));
        store.next().end().fail(new TrailStore.RefusedRecordException("23514"));

        until(() -> trail.note().orElse("").startsWith("set aside: "));
        assertThat(trail.note().orElse("")).contains(".refused");
        assertThat(trail.drained()).isTrue();
        await(trail.close());
    }

    @Test
    void whenTheDatabaseIsTooSlowForAChunk_halfOfItIsTried_andTheOperatorIsTold() throws Exception {
        TrailWriter trail = trail(false);
        List<Intent> intents = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            intents.add(begun(trail));
        }
        usable(true);
        HeldStore.Write all = store.next();
        all.end().fail(new TimeoutException());
        HeldStore.Write half = store.next();
        assertThat(trail.note().orElse("")).contains("the journal cannot be drained: the database cannot record it");
        half.end().complete();
        HeldStore.Write rest = store.next();

        assertThat(List.of(all, half, rest))
                .extracting(write -> write.records().size())
                .containsExactly(8, 4, 4);
        rest.end().complete();
        until(() -> trail.note().isEmpty());
        assertThat(store.written()).isEqualTo(intents);
        await(trail.close());
    }

    private TrailWriter trail(boolean usableAtOnce) {
        return trail(usableAtOnce, new Disk());
    }

    private TrailWriter trail(boolean usableAtOnce, Disk disk) {
        return trail(usableAtOnce, disk, Duration.ofMillis(150));
    }

    private TrailWriter trail(boolean usableAtOnce, Disk disk, Duration patience) {
        return await(Future.future(started -> context.runOnContext(ignored -> TrailWriter.start(
                        vertx,
                        store.opening(usableAtOnce),
                        Exchanges.journaled(
                                Duration.ofSeconds(20),
                                Exchanges.journal(
                                        directory.resolve(UUID.randomUUID().toString()), 64 << 20, patience)),
                        ids,
                        InstantSource.system(),
                        new SimpleMeterRegistry(),
                        disk)
                .onComplete(started))));
    }

    private void usable(boolean now) {
        context.runOnContext(ignored -> store.usable(now));
    }

    @CanIgnoreReturnValue
    private Intent begun(TrailWriter trail) {
        Intent intent = intent();
        await(trail.begin(intent));
        return intent;
    }

    private Intent intent() {
        return Exchanges.intent(ids.next(), "r", "28:bot", "19:c", null, "SendToConversation");
    }

    /** A store whose every write waits for the test's word; for orders of events that a real database seldom shows. */
    static final class HeldStore implements TrailStore {
        private final BlockingQueue<Write> writes = new LinkedBlockingQueue<>();
        private final List<TrailRecord> written = new ArrayList<>();
        private volatile boolean usable = true;
        private volatile Runnable ready = () -> {};

        /** One write, and how it will end. */
        record Write(List<TrailRecord> records, Promise<Void> end) {}

        /** Opens it, as a database that is {@code usable} or not yet. */
        TrailStore.Opening opening(boolean usableAtOnce) {
            return (journal, wake) -> {
                usable = usableAtOnce;
                ready = wake;
                return Future.succeededFuture(this);
            };
        }

        /** Comes or goes; to be told on the trail's context. */
        void usable(boolean now) {
            usable = now;
            ready.run();
        }

        /** The next write that was begun; waits for it. */
        Write next() throws InterruptedException {
            Write next = writes.poll(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("Nothing was written");
            }
            return next;
        }

        /** What was written and not refused. */
        synchronized List<TrailRecord> written() {
            return List.copyOf(written);
        }

        @Override
        public Optional<String> problem() {
            return usable ? Optional.empty() : Optional.of("away");
        }

        @Override
        public Future<Void> write(List<TrailRecord> records) {
            Write write = new Write(List.copyOf(records), Promise.promise());
            writes.add(write);
            return write.end().future().onSuccess(done -> add(records));
        }

        private synchronized void add(List<TrailRecord> records) {
            records.stream().filter(one -> !written.contains(one)).forEach(written::add);
        }

        @Override
        public Future<Void> close() {
            return Future.succeededFuture();
        }
    }
}
