package dev.botgate.audit.writer;

import static dev.botgate.testing.Await.await;
import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.botgate.audit.AuditEntry;
import dev.botgate.audit.Exchanges;
import dev.botgate.audit.Intent;
import dev.botgate.audit.Outcome;
import dev.botgate.audit.OutcomeStatus;
import dev.botgate.audit.postgres.TrailFixture;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.testing.PostgresServer;
import dev.botgate.testing.TestDatabase;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The database goes away and comes back, the disk too. */
class JournalOutageTest {
    private static final long LARGE = 64 << 20;

    /** What a commit may take on a busy machine, right after the database's start too. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @TempDir
    Path directory;

    private static PostgresServer server;

    private TestDatabase database;
    private JournaledFixture fixture;
    private TrailWriter trail;

    @BeforeAll
    static void startServer(@TempDir Path data) {
        server = PostgresServer.start(data.resolve("data"));
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void start() {
        database = server.createDatabase();
        fixture = new JournaledFixture(database);
        trail = trail(journal(), LARGE, PATIENCE);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void whileTheDatabaseTakesEntries_theJournalIsEmpty() {
        Intent intent = begun("r1");
        trail.end(Exchanges.outcome(intent, OutcomeStatus.SUCCEEDED));

        until(() -> fixture.entries()
                .equals(List.of(new AuditEntry(intent, Exchanges.outcome(intent, OutcomeStatus.SUCCEEDED)))));
        assertThat(segments()).isEmpty();
        assertThat(trail.note()).isEmpty();
    }

    @Test
    void whileTheDatabaseIsDead_entriesGoToTheJournal_andAreDrainedInOrderWhenItIsBack() {
        Intent before = begun("before");
        server.kill();
        List<AuditEntry> entries = new ArrayList<>();
        trail.end(Exchanges.outcome(before, OutcomeStatus.SUCCEEDED));
        entries.add(new AuditEntry(before, Exchanges.outcome(before, OutcomeStatus.SUCCEEDED)));
        for (int i = 0; i < 100; i++) {
            entries.add(exchange("during-" + i));
        }
        assertThat(trail.problem()).isEmpty();
        assertThat(trail.note().orElse("")).contains("wait in the journal");
        assertThat(trail.firstOpen()).as("only the journal knows").isEmpty();

        server.restart();
        until(() -> trail.note().isEmpty());

        entries.add(exchange("after"));
        await(trail.close());
        Collections.reverse(entries);
        assertThat(fixture.entries()).isEqualTo(entries);
        assertThat(segments()).isEmpty();
        assertThat(commitOrder()).isSorted();
    }

    @Test
    void whileTheJournalIsDrained_newEntriesStayBehindTheOldOnes() {
        server.kill();
        for (int i = 0; i < 500; i++) {
            exchange("during-" + i);
        }
        server.restart();
        int after = 0;
        while (trail.note().isPresent()) {
            exchange("while-draining-" + after++);
        }

        await(trail.close());

        assertThat(database.number("SELECT count(*) FROM botgate.intent")).isEqualTo(500 + after);
        assertThat(database.number("SELECT count(*) FROM botgate.outcome")).isEqualTo(500 + after);
        assertThat(commitOrder()).isSorted();
    }

    @Test
    void whenACommitHangs_theJournalTakesOver_andWhatIsInBothIsOneEntry() {
        trail = trail(directory.resolve("impatient"), LARGE, Duration.ofMillis(150));
        List<AuditEntry> entries = new ArrayList<>();
        try (TrailFixture.Lock lock = fixture.postgres().lockIntents()) {
            entries.add(exchange("hangs"));
            entries.add(exchange("follows"));
            assertThat(lock).isNotNull();
        }
        until(() -> trail.note().isEmpty());

        await(trail.close());

        Collections.reverse(entries);
        assertThat(fixture.entries()).isEqualTo(entries);
    }

    @Test
    void atTheBound_mutationsAreRefusedAtOnce_andOutcomesAreStillRecorded() {
        TrailWriter small = trail(directory.resolve("small"), 128 << 10, PATIENCE);
        server.kill();
        List<Intent> begun = new ArrayList<>();
        GatewayException refusal = null;
        while (refusal == null) {
            Intent intent = intent("r" + begun.size());
            try {
                await(small.begin(intent));
                begun.add(intent);
            } catch (GatewayException refused) {
                refusal = refused;
            }
        }

        long started = System.nanoTime();
        for (int i = 0; i < 1_000; i++) {
            Future<Void> next = small.begin(intent("next"));
            assertThat(next.failed())
                    .as("in the caller's own turn, whatever the disk does")
                    .isTrue();
        }
        System.out.printf(
                "at the bound: 1000 refusals took %.1f microseconds each%n", (System.nanoTime() - started) / 1e6);

        begun.forEach(intent -> small.end(Exchanges.outcome(intent, OutcomeStatus.SUCCEEDED)));

        assertThat(refusal.failure()).isEqualTo(Failure.AUDIT_UNAVAILABLE);
        assertThat(refusal.retryAfter()).isPresent();
        until(() -> small.problem().equals(Optional.of("the journal is full")));
        assertThat(begun).hasSizeGreaterThan(10);
        server.restart();
        until(() -> small.note().isEmpty() && small.problem().isEmpty());
        await(small.close());
        assertThat(database.rows("SELECT close, count(*) FROM botgate.intent LEFT JOIN botgate.outcome"
                        + " ON intent_id = id GROUP BY close"))
                .containsExactly("succeeded|" + begun.size());
    }

    @Test
    void whenTheDiskIsFullToo_mutationsAreRefused_andOutcomesWait() {
        server.kill();
        Intent intent = begun("in the journal");
        fixture.disk().fullAfter(0);
        trail.end(Exchanges.outcome(intent, OutcomeStatus.SUCCEEDED));

        Future<Void> refused = trail.begin(intent("refused"));

        assertThatThrownBy(() -> await(refused)).hasMessageContaining("journal cannot be written");
        assertThat(trail.problem()).isPresent();
        fixture.disk().recover();
        server.restart();
        until(() -> trail.note().isEmpty());
        await(trail.close());
        assertThat(fixture.entries())
                .containsExactly(new AuditEntry(intent, Exchanges.outcome(intent, OutcomeStatus.SUCCEEDED)));
    }

    @Test
    void whatAnEarlierRunLeftInTheJournal_isDrainedAtTheNextStart() throws IOException {
        server.kill();
        AuditEntry left = exchange("left");
        await(trail.close());
        assertThat(segments()).hasSize(1);
        server.restart();

        TrailWriter next = trail(journal(), LARGE, PATIENCE);

        until(next::earlierDrained);
        assertThat(fixture.entries()).containsExactly(left);
        assertThat(segments()).isEmpty();
    }

    @Test
    void aJournalThatIsReplayedTenTimes_leavesTheSameRows() throws IOException {
        server.kill();
        for (int i = 0; i < 50; i++) {
            exchange("r" + i);
        }
        await(trail.close());
        server.restart();
        Path segment = segments().get(0);
        byte[] bytes = Files.readAllBytes(segment);
        List<String> first = null;
        for (int replay = 0; replay < 10; replay++) {
            Files.write(segment, bytes);
            TrailWriter next = trail(journal(), LARGE, PATIENCE);
            until(next::earlierDrained);
            await(next.close());
            List<String> rows = database.rows("SELECT i, o FROM botgate.intent i FULL JOIN botgate.outcome o"
                    + " ON o.intent_id = i.id ORDER BY i.id");
            assertThat(rows).hasSize(50).isEqualTo(Objects.requireNonNullElse(first, rows));
            first = rows;
        }
        assertThat(database.number("SELECT count(*) FROM botgate.late_outcome")).isZero();
    }

    @Test
    void onlyWhatIsSettledInTheDatabase_countsAsClosed() {
        assertThat(trail.firstOpen()).hasValue(1);
        Intent first = begun("first");
        Intent second = begun("second");
        trail.end(Exchanges.outcome(second, OutcomeStatus.SUCCEEDED));
        until(() -> database.number("SELECT count(*) FROM botgate.outcome") == 1);
        assertThat(trail.firstOpen()).hasValue(1);

        trail.end(Exchanges.outcome(first, OutcomeStatus.SUCCEEDED));

        until(() -> trail.firstOpen().orElse(0) == 3);
    }

    private TrailWriter trail(Path journal, long maximumBytes, Duration patience) {
        return fixture.trail(Exchanges.journal(journal, maximumBytes, patience), PATIENCE.multipliedBy(2));
    }

    private Path journal() {
        return directory.resolve("journal");
    }

    private Intent intent(String requestId) {
        return Exchanges.intent(
                fixture.ids().next(), requestId, "28:bot", "19:conversation", null, "SendToConversation");
    }

    private Intent begun(String requestId) {
        Intent intent = intent(requestId);
        await(trail.begin(intent));
        return intent;
    }

    @CanIgnoreReturnValue
    private AuditEntry exchange(String requestId) {
        Intent intent = begun(requestId);
        Outcome outcome = Exchanges.outcome(intent, OutcomeStatus.SUCCEEDED);
        trail.end(outcome);
        return new AuditEntry(intent, outcome);
    }

    /** The sequences of the intents, in the order in which they were inserted. */
    private List<Long> commitOrder() {
        return database.rows("SELECT sequence FROM botgate.intent ORDER BY xmin::text::bigint, ctid").stream()
                .map(Long::valueOf)
                .toList();
    }

    private List<Path> segments() {
        try (Stream<Path> files = Files.list(journal())) {
            return files.filter(file -> file.toString().endsWith(".journal")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
