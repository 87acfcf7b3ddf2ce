package dev.botgate.audit.writer;

import static dev.botgate.testing.Await.await;
import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.botgate.audit.AuditEntry;
import dev.botgate.audit.AuditSettings;
import dev.botgate.audit.Digest;
import dev.botgate.audit.Exchanges;
import dev.botgate.audit.Intent;
import dev.botgate.audit.Outcome;
import dev.botgate.audit.OutcomeStatus;
import dev.botgate.audit.RecordedBody;
import dev.botgate.audit.access.EntryQuery;
import dev.botgate.audit.access.EntryQuery.Subject;
import dev.botgate.audit.postgres.TrailFixture;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestPostgres;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a trail writer promises over PostgreSQL, with and without a journal. */
@ExtendWith(TestPostgres.class)
abstract class TrailWriterContract {
    static final Duration LONG = Duration.ofSeconds(20);
    static final Duration SHORT = Duration.ofSeconds(1);

    final TestDatabase database;
    TrailFixture fixture;

    TrailWriterContract(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void start() {
        fixture = new TrailFixture(database);
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    /** Settings of the configuration under test. */
    abstract AuditSettings settings(Duration commitTimeout, int maximumWaiting, int maximumBatch);

    TrailWriter trail(Duration commitTimeout) {
        return trail(commitTimeout, 10_000, 128);
    }

    TrailWriter trail(Duration commitTimeout, int maximumWaiting, int maximumBatch) {
        return fixture.trail(settings(commitTimeout, maximumWaiting, maximumBatch));
    }

    @Test
    void whenBeginSucceeds_theIntentIsCommitted() {
        TrailWriter trail = trail(LONG);
        Intent intent = Exchanges.intent("r1");

        await(trail.begin(intent));

        assertThat(database.rows("SELECT request_id, tableoid::regclass <> 'botgate.intent_default'::regclass"
                        + " FROM botgate.intent"))
                .containsExactly("r1|t");
        assertThat(fixture.entries()).containsExactly(new AuditEntry(intent, null));
    }

    @Test
    void everyFieldComesBackAsItWasRecorded() {
        TrailWriter trail = trail(LONG);
        Intent bare = new Intent(
                Exchanges.ids().next(),
                "r",
                "other",
                "DELETE",
                "/v3/x",
                "teams",
                null,
                null,
                true,
                null,
                null,
                "m",
                "29:to",
                null,
                new RecordedBody(RecordedBody.Form.STREAMED, null, null));
        Outcome outcome = Exchanges.fullOutcome(bare);

        await(trail.begin(bare));
        trail.end(outcome);

        await(trail.close());
        assertThat(fixture.entries()).containsExactly(new AuditEntry(bare, outcome));
    }

    @Test
    void anIntentHasOneOutcome_theFirst() {
        TrailWriter trail = trail(LONG);
        Intent intent = Exchanges.intent("r1");
        await(trail.begin(intent));

        trail.end(Exchanges.outcome(intent, OutcomeStatus.SUCCEEDED));
        trail.end(Exchanges.outcome(intent, OutcomeStatus.FAILED));

        await(trail.close());
        assertThat(database.rows("SELECT close FROM botgate.outcome")).containsExactly("succeeded");
    }

    @Test
    void whatIsRecordedAgain_leavesTheTrailAsItWas() {
        TrailWriter trail = trail(LONG);
        Intent intent = Exchanges.intent("r1");

        await(trail.begin(intent));
        await(trail.begin(intent));

        assertThat(fixture.entries()).containsExactly(new AuditEntry(intent, null));
    }

    @Test
    void whatWaitsWhileACommitIsUnderWay_goesIntoTheNext() {
        TrailWriter trail = trail(LONG);
        List<Future<Void>> begun = new ArrayList<>();

        try (TrailFixture.Lock lock = fixture.lockIntents()) {
            assertThat(lock).isNotNull();
            begun.add(trail.begin(Exchanges.intent("first")));
            untilACommitIsUnderWay();
            for (int i = 0; i < 300; i++) {
                begun.add(trail.begin(Exchanges.intent("r" + i)));
            }
        }

        await(Future.all(begun));
        assertThat(database.number("SELECT count(*) FROM botgate.intent")).isEqualTo(301);
        assertThat(fixture.commits()).as("one, and 300 in batches of 128").isEqualTo(4);
    }

    @Test
    void aCommitHasOneLargeRecord_orSmallOnesUpToABoundInBytes() {
        TrailWriter trail = trail(LONG);
        List<Future<Void>> begun = new ArrayList<>();

        try (TrailFixture.Lock lock = fixture.lockIntents()) {
            assertThat(lock).isNotNull();
            begun.add(trail.begin(large(Buffer.buffer(new byte[3 << 20]))));
            untilACommitIsUnderWay();
            for (int i = 0; i < 2; i++) {
                begun.add(trail.begin(large(Buffer.buffer(new byte[3 << 20]))));
            }
            for (int i = 0; i < 10; i++) {
                begun.add(trail.begin(large(Buffer.buffer(new byte[200_000]))));
            }
        }

        await(Future.all(begun));
        assertThat(fixture.commits()).as("three large ones, and two of five").isEqualTo(5);
    }

    @Test
    void whenTooManyWait_theNextIsRefusedAtOnce() {
        TrailWriter trail = trail(LONG, 2, 128);

        try (TrailFixture.Lock lock = fixture.lockIntents()) {
            assertThat(lock).isNotNull();
            Future<Void> first = trail.begin(Exchanges.intent("r1"));
            Future<Void> second = trail.begin(Exchanges.intent("r2"));
            Future<Void> third = trail.begin(Exchanges.intent("r3"));

            assertThat(third.isComplete()).isTrue();
            assertUnavailable(third);
            assertThat(first.isComplete() || second.isComplete()).isFalse();
        }

        await(trail.close());
        assertThat(database.rows("SELECT request_id FROM botgate.intent ORDER BY at"))
                .containsExactly("r1", "r2");
        assertThat(refused("full")).isEqualTo(1);
    }

    @Test
    void whenTooManyBytesWait_theNextIsRefusedAtOnce() {
        TrailWriter trail = trail(LONG);

        Future<Void> tooLarge = trail.begin(large(Buffer.buffer(new byte[65 << 20])));

        assertUnavailable(tooLarge);
        await(trail.begin(Exchanges.intent("r2")));
        assertThat(database.number("SELECT count(*) FROM botgate.intent")).isEqualTo(1);
    }

    @Test
    void anIntentThatTheDatabaseRefuses_takesNoNeighbourWithIt() {
        TrailWriter trail = trail(LONG);
        database.execute("ALTER TABLE botgate.intent ADD CHECK (request_id <> 'poison')");
        List<Future<Void>> begun;

        try (TrailFixture.Lock lock = fixture.lockIntents()) {
            assertThat(lock).isNotNull();
            begun = List.of("r1", "r2", "poison", "r3").stream()
                    .map(id -> trail.begin(Exchanges.intent(id)))
                    .toList();
        }

        assertUnavailable(begun.get(2));
        await(begun.get(0));
        await(begun.get(1));
        await(begun.get(3));
        assertThat(database.rows("SELECT request_id FROM botgate.intent ORDER BY at"))
                .containsExactly("r1", "r2", "r3");
        assertThat(trail.problem()).isEmpty();
        assertThat(refused("unstorable")).isEqualTo(1);
    }

    @Test
    void amongMany_twoThatTheDatabaseRefusesAreFoundInFewCommits() {
        TrailWriter trail = trail(LONG, 10_000, 1_000);
        database.execute("ALTER TABLE botgate.intent ADD CHECK (request_id NOT LIKE 'poison%')");
        List<Future<Void>> begun;

        try (TrailFixture.Lock lock = fixture.lockIntents()) {
            assertThat(lock).isNotNull();
            begun = IntStream.range(0, 600)
                    .mapToObj(i -> trail.begin(Exchanges.intent(i == 77 || i == 444 ? "poison" + i : "r" + i)))
                    .toList();
        }

        IntStream.range(0, 600).filter(i -> i != 77 && i != 444).forEach(i -> await(begun.get(i)));
        assertUnavailable(begun.get(77));
        assertUnavailable(begun.get(444));
        assertThat(database.number("SELECT count(*) FROM botgate.intent")).isEqualTo(598);
        assertThat(fixture.commits()).isLessThan(40);
        assertThat(refused("unstorable")).isEqualTo(2);
    }

    @Test
    void anOutcomeThatTheDatabaseRefuses_isRecordedWithoutItsNames() {
        TrailWriter trail = trail(LONG);
        database.execute("ALTER TABLE botgate.outcome ADD CHECK (reply_id <> 'poison')");
        Intent intent = Exchanges.intent("r1");
        await(trail.begin(intent));

        trail.end(Exchanges.outcome(intent, OutcomeStatus.SUCCEEDED, "poison"));

        await(trail.close());
        assertThat(database.rows("SELECT close, status, reply_id, error FROM botgate.outcome"))
                .containsExactly("succeeded|201||NotStorable");
    }

    @Test
    void textThatPostgresCannotStore_isRecordedAndFound() {
        TrailWriter trail = trail(LONG);
        String conversation = "19:a\0b\uD800" + "x".repeat(9_000);
        Intent intent =
                Exchanges.intent(Exchanges.ids().next(), "r\0", "\0", conversation, "a\0", "SendToConversation");

        await(trail.begin(intent));

        EntryQuery query = EntryQuery.newest(10).withBodies().having(Subject.CONVERSATION, conversation);
        assertThat(await(fixture.reader().search(query)).entries()).containsExactly(new AuditEntry(intent, null));
        assertThat(database.rows("SELECT request_id FROM botgate.intent")).containsExactly("r\u2400");
    }

    @Test
    void whoeverCalls_hearsOnItsOwnContext() {
        TrailWriter trail = trail(LONG);

        List<Future<Boolean>> heard = IntStream.range(0, 8)
                .mapToObj(i -> heardOnOwnContext(trail, "r" + i))
                .toList();

        await(Future.all(heard));
        assertThat(heard).allMatch(Future::result);
        assertThat(database.number("SELECT count(DISTINCT request_id) FROM botgate.intent"))
                .isEqualTo(8);
    }

    @Test
    void whenClosed_whatWasTakenIsWrittenAndNothingMoreIsTaken() {
        TrailWriter trail = trail(LONG);
        List<Intent> intents =
                IntStream.range(0, 50).mapToObj(i -> Exchanges.intent("r" + i)).toList();
        await(Future.all(intents.stream().map(trail::begin).toList()));
        intents.forEach(intent -> trail.end(Exchanges.outcome(intent, OutcomeStatus.SUCCEEDED)));

        await(trail.close());

        assertThat(database.number("SELECT count(*) FROM botgate.outcome")).isEqualTo(50);
        assertThatThrownBy(() -> await(trail.begin(Exchanges.intent("more"))))
                .isInstanceOfSatisfying(GatewayException.class, refused -> assertThat(refused.failure())
                        .isEqualTo(Failure.SHUTTING_DOWN));
    }

    private Future<Boolean> heardOnOwnContext(TrailWriter trail, String requestId) {
        Promise<Boolean> heard = Promise.promise();
        Context own = ((VertxInternal) fixture.vertx()).createEventLoopContext();
        own.runOnContext(ignored -> trail.begin(Exchanges.intent(requestId))
                .onComplete(done -> heard.complete(Vertx.currentContext() == own), heard::fail));
        return heard.future();
    }

    private static Intent large(Buffer body) {
        Intent small = Exchanges.intent("large");
        return new Intent(
                small.exchange(),
                small.requestId(),
                small.operation(),
                small.method(),
                small.uri(),
                small.upstream(),
                small.bot(),
                small.tenant(),
                small.verified(),
                small.conversation(),
                small.activity(),
                small.member(),
                small.recipient(),
                small.sourceMediaType(),
                new RecordedBody(RecordedBody.Form.WHOLE, body, new Digest(body.length(), "00".repeat(32))));
    }

    double refused(String reason) {
        return fixture.registry()
                .get("botgate.audit.refused")
                .tag("reason", reason)
                .counter()
                .count();
    }

    static void assertUnavailable(Future<Void> begun) {
        assertThatThrownBy(() -> await(begun)).isInstanceOfSatisfying(GatewayException.class, refused -> {
            assertThat(refused.failure()).isEqualTo(Failure.AUDIT_UNAVAILABLE);
            assertThat(refused.retryAfter()).contains(Duration.ofSeconds(7));
        });
    }

    void untilACommitIsUnderWay() {
        until(() -> fixture.blockedCommits() > 0);
    }
}
