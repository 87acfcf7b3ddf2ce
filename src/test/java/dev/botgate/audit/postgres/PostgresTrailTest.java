package dev.botgate.audit.postgres;

import static dev.botgate.testing.Await.await;
import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.botgate.audit.AuditEntry;
import dev.botgate.audit.Digest;
import dev.botgate.audit.Exchanges;
import dev.botgate.audit.Intent;
import dev.botgate.audit.Outcome;
import dev.botgate.audit.OutcomeStatus;
import dev.botgate.audit.RecordedBody;
import dev.botgate.audit.access.EntryQuery;
import dev.botgate.audit.access.EntryQuery.Subject;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestPostgres;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(TestPostgres.class)
class PostgresTrailTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofSeconds(1);

    private final TestDatabase database;
    private TrailFixture fixture;

    PostgresTrailTest(TestDatabase database) {
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

    @Test
    void whenBeginSucceeds_theIntentIsCommitted() {
        PostgresTrail trail = fixture.trail(Exchanges.settings(LONG));
        Intent intent = Exchanges.intent("r1");

        await(trail.begin(intent));

        assertThat(database.rows("SELECT request_id, tableoid::regclass <> 'botgate.intent_default'::regclass"
                        + " FROM botgate.intent"))
                .containsExactly("r1|t");
        assertThat(fixture.entries()).containsExactly(new AuditEntry(intent, null));
    }

    @Test
    void whenWhatCameTooLateCannotBeKept_anIntentBesideItIsNotForgotten() {
        PostgresTrail trail = fixture.trail(Exchanges.settings(Duration.ofSeconds(4)));
        Intent cutOff = Exchanges.intent("cut off");
        await(trail.begin(cutOff));
        database.execute(
                "INSERT INTO botgate.outcome (intent_at, intent_id, at, gateway, run, close, attempts,"
                        + " latency_micros) SELECT at, id, at, 'other', gen_random_uuid(), 'unknown', 1, 1 FROM botgate.intent");
        database.execute("ALTER TABLE botgate.late_outcome RENAME TO away");
        trail.end(Exchanges.outcome(cutOff, OutcomeStatus.SUCCEEDED));
        Intent beside = Exchanges.intent("beside");

        Future<Void> begun = trail.begin(beside);

        assertThatThrownBy(() -> await(begun)).isInstanceOf(GatewayException.class);
        assertThat(database.rows("SELECT request_id FROM botgate.intent ORDER BY at"))
                .as("the statement before the one that failed was committed")
                .containsExactly("cut off", "beside");
        database.execute("ALTER TABLE botgate.away RENAME TO late_outcome");
        await(trail.close());
        assertThat(database.rows("SELECT close, error FROM botgate.outcome WHERE intent_id = '"
                        + beside.exchange().id() + "'"))
                .containsExactly("failed|NotForwarded");
        assertThat(database.rows("SELECT close FROM botgate.late_outcome")).containsExactly("succeeded");
    }

    @Test
    void whenTheSessionCanWriteNoMore_anotherOneDoes() {
        PostgresTrail trail = fixture.trail(Exchanges.settings(Duration.ofSeconds(10)));
        database.execute("CREATE FUNCTION botgate.spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM"
                + " set_config('default_transaction_read_only', 'on', false); RETURN NULL; END $$");
        database.execute("CREATE TRIGGER spoil AFTER INSERT ON botgate.intent EXECUTE FUNCTION botgate.spoil()");
        await(trail.begin(Exchanges.intent("spoils")));
        database.execute("DROP TRIGGER spoil ON botgate.intent");

        await(trail.begin(Exchanges.intent("after")));

        assertThat(database.rows("SELECT request_id FROM botgate.intent ORDER BY at"))
                .containsExactly("spoils", "after");
        assertThat(trail.problem()).isEmpty();
    }

    @Test
    void everyFieldComesBackAsItWasRecorded() {
        PostgresTrail trail = fixture.trail(Exchanges.settings(LONG));
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
        PostgresTrail trail = fixture.trail(Exchanges.settings(LONG));
        Intent intent = Exchanges.intent("r1");
        await(trail.begin(intent));

        trail.end(Exchanges.outcome(intent, OutcomeStatus.SUCCEEDED));
        trail.end(Exchanges.outcome(intent, OutcomeStatus.FAILED));

        await(trail.close());
        assertThat(database.rows("SELECT close FROM botgate.outcome")).containsExactly("succeeded");
    }

    @Test
    void whatIsRecordedAgain_leavesTheTrailAsItWas() {
        PostgresTrail trail = fixture.trail(Exchanges.settings(LONG));
        Intent intent = Exchanges.intent("r1");

        await(trail.begin(intent));
        await(trail.begin(intent));

        assertThat(fixture.entries()).containsExactly(new AuditEntry(intent, null));
    }

    @Test
    void whatWaitsWhileACommitIsUnderWay_goesIntoTheNext() {
        PostgresTrail trail = fixture.trail(Exchanges.settings(LONG));
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
        PostgresTrail trail = fixture.trail(Exchanges.settings(LONG));
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
    void whenTheCommitIsLate_theRequestIsRefusedAndTheIntentClosed() {
        PostgresTrail trail = fixture.trail(Exchanges.settings(SHORT));
        Future<Void> begun;
        Future<Void> behind;

        try (TrailFixture.Lock lock = fixture.lockIntents()) {
            assertThat(lock).isNotNull();
            begun = trail.begin(Exchanges.intent("late"));
            untilACommitIsUnderWay();
            behind = trail.begin(Exchanges.intent("never sent"));
            assertUnavailable(begun);
            assertUnavailable(behind);
            assertThat(trail.problem()).isPresent();
        }

        until(() -> trail.problem().isEmpty());
        await(trail.close());
        assertThat(database.rows("SELECT i.request_id, o.close, o.error, o.attempts, o.status FROM botgate.intent i"
                        + " LEFT JOIN botgate.outcome o ON o.intent_id = i.id"))
                .containsExactly("late|failed|NotForwarded|0|");
        assertThat(refused("late")).isEqualTo(2);
    }

    @Test
    void whenTooManyWait_theNextIsRefusedAtOnce() {
        PostgresTrail trail = fixture.trail(Exchanges.settings(LONG, 2, 128));

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
        PostgresTrail trail = fixture.trail(Exchanges.settings(LONG));

        Future<Void> tooLarge = trail.begin(large(Buffer.buffer(new byte[65 << 20])));

        assertUnavailable(tooLarge);
        await(trail.begin(Exchanges.intent("r2")));
        assertThat(database.number("SELECT count(*) FROM botgate.intent")).isEqualTo(1);
    }

    @Test
    void anIntentThatTheDatabaseRefuses_takesNoNeighbourWithIt() {
        PostgresTrail trail = fixture.trail(Exchanges.settings(LONG));
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
        PostgresTrail trail = fixture.trail(Exchanges.settings(LONG, 10_000, 1_000));
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
        PostgresTrail trail = fixture.trail(Exchanges.settings(LONG));
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
        PostgresTrail trail = fixture.trail(Exchanges.settings(LONG));
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
        PostgresTrail trail = fixture.trail(Exchanges.settings(LONG));

        List<Future<Boolean>> heard = IntStream.range(0, 8)
                .mapToObj(i -> heardOnOwnContext(trail, "r" + i))
                .toList();

        await(Future.all(heard));
        assertThat(heard).allMatch(Future::result);
        assertThat(database.number("SELECT count(DISTINCT request_id) FROM botgate.intent"))
                .isEqualTo(8);
    }

    @Test
    void whenTheConnectionIsCutInTheMiddleOfACommit_theIntentIsRecordedOnce() {
        PostgresTrail trail = fixture.trail(Exchanges.settings(LONG));
        Intent intent = Exchanges.intent("r1");
        Future<Void> begun;

        try (TrailFixture.Lock lock = fixture.lockIntents()) {
            assertThat(lock).isNotNull();
            begun = trail.begin(intent);
            until(() -> database.number("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                            + " WHERE application_name = 'botgate trail' AND wait_event_type = 'Lock'")
                    > 0);
            until(() -> trail.problem().isPresent());
        }

        await(begun);
        assertThat(fixture.entries()).containsExactly(new AuditEntry(intent, null));
        assertThat(trail.problem()).isEmpty();
    }

    @Test
    void whenIdleAndTheConnectionIsCut_itComesBackByItself() {
        PostgresTrail trail = fixture.trail(Exchanges.settings(LONG));

        String connected = "SELECT pid FROM pg_stat_activity WHERE application_name = 'botgate trail'";
        long first = database.number(connected);

        assertThat(database.rows("SELECT pg_terminate_backend(" + first + ")")).containsExactly("t");

        until(() -> !database.rows(connected + " AND pid <> " + first).isEmpty());
        until(() -> trail.problem().isEmpty());
        await(trail.begin(Exchanges.intent("r1")));
        assertThat(database.number("SELECT count(*) FROM botgate.intent")).isEqualTo(1);
    }

    @Test
    void whenClosed_whatWasTakenIsWrittenAndNothingMoreIsTaken() {
        PostgresTrail trail = fixture.trail(Exchanges.settings(LONG));
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

    @Test
    void commitsAreDurable_whateverTheServersDefault() {
        database.execute("ALTER DATABASE " + database.name() + " SET synchronous_commit = off");
        database.execute("CREATE TABLE IF NOT EXISTS public.seen (value text)");
        database.execute("CREATE FUNCTION public.see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                + " INSERT INTO public.seen VALUES (current_setting('synchronous_commit')); RETURN NEW; END $$");
        database.execute(
                "CREATE TRIGGER see AFTER INSERT ON botgate.intent FOR EACH ROW EXECUTE FUNCTION public.see()");
        PostgresTrail trail = fixture.trail(Exchanges.settings(LONG));

        await(trail.begin(Exchanges.intent("r1")));

        assertThat(database.rows("SELECT value FROM public.seen")).containsExactly("on");
    }

    @Test
    void whereOneOfTheTablesMayNotBeWritten_itDoesNotStart() {
        String role = "writer_of_" + database.name();
        database.execute("CREATE ROLE " + role + " LOGIN");
        database.execute("GRANT USAGE ON SCHEMA botgate TO " + role);
        database.execute("GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA botgate TO " + role);
        assertThat(startAs(role)).isTrue();

        database.execute("REVOKE INSERT ON botgate.attempt FROM " + role);

        assertThat(startAs(role)).isFalse();
    }

    private boolean startAs(String role) {
        DatabaseSettings all = database.settings();
        DatabaseAddress address = new DatabaseAddress(
                database.url(),
                new DatabaseSettings(
                        database.url(),
                        role,
                        null,
                        all.schema(),
                        all.dataDirectory(),
                        all.connectTimeout(),
                        all.migrate()));
        return await(PostgresTrail.start(
                        fixture.vertx(),
                        address,
                        Exchanges.settings(LONG),
                        Exchanges.ids(),
                        InstantSource.system(),
                        new SimpleMeterRegistry())
                .compose(PostgresTrail::close)
                .transform(ended -> Future.succeededFuture(ended.succeeded())));
    }

    private Future<Boolean> heardOnOwnContext(PostgresTrail trail, String requestId) {
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
                small.sourceMediaType(),
                new RecordedBody(RecordedBody.Form.WHOLE, body, new Digest(body.length(), "00".repeat(32))));
    }

    private double refused(String reason) {
        return fixture.registry()
                .get("botgate.audit.refused")
                .tag("reason", reason)
                .counter()
                .count();
    }

    private static void assertUnavailable(Future<Void> begun) {
        assertThatThrownBy(() -> await(begun)).isInstanceOfSatisfying(GatewayException.class, refused -> {
            assertThat(refused.failure()).isEqualTo(Failure.AUDIT_UNAVAILABLE);
            assertThat(refused.retryAfter()).contains(Duration.ofSeconds(7));
        });
    }

    private void untilACommitIsUnderWay() {
        until(() -> database.number("SELECT count(*) FROM pg_stat_activity"
                        + " WHERE application_name = 'botgate trail' AND wait_event_type = 'Lock'")
                > 0);
    }
}
