package dev.botgate.audit.writer;

import static dev.botgate.testing.Await.await;
import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.botgate.audit.AuditEntry;
import dev.botgate.audit.AuditSettings;
import dev.botgate.audit.Exchanges;
import dev.botgate.audit.Intent;
import dev.botgate.audit.OutcomeStatus;
import dev.botgate.audit.postgres.DatabaseAddress;
import dev.botgate.audit.postgres.DatabaseSettings;
import dev.botgate.audit.postgres.PostgresStore;
import dev.botgate.audit.postgres.TrailFixture;
import dev.botgate.failure.GatewayException;
import dev.botgate.testing.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

/** A trail writer without a journal. */
class TrailWriterTest extends TrailWriterContract {

    TrailWriterTest(TestDatabase database) {
        super(database);
    }

    @Override
    AuditSettings settings(Duration commitTimeout, int maximumWaiting, int maximumBatch) {
        return Exchanges.settings(commitTimeout, maximumWaiting, maximumBatch);
    }

    @Test
    void whenWhatCameTooLateCannotBeKept_anIntentBesideItIsNotForgotten() {
        TrailWriter trail = trail(Duration.ofSeconds(4));
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
        TrailWriter trail = trail(Duration.ofSeconds(10));
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
    void whenTheCommitIsLate_theRequestIsRefusedAndTheIntentClosed() {
        TrailWriter trail = trail(SHORT);
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
    void whenTheConnectionIsCutInTheMiddleOfACommit_theIntentIsRecordedOnce() {
        TrailWriter trail = trail(LONG);
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
        TrailWriter trail = trail(LONG);

        String connected = "SELECT pid FROM pg_stat_activity WHERE application_name = 'botgate trail'";
        long first = database.number(connected);

        assertThat(database.rows("SELECT pg_terminate_backend(" + first + ")")).containsExactly("t");

        until(() -> !database.rows(connected + " AND pid <> " + first).isEmpty());
        until(() -> trail.problem().isEmpty());
        await(trail.begin(Exchanges.intent("r1")));
        assertThat(database.number("SELECT count(*) FROM botgate.intent")).isEqualTo(1);
    }

    @Test
    void commitsAreDurable_whateverTheServersDefault() {
        database.execute("ALTER DATABASE " + database.name() + " SET synchronous_commit = off");
        database.execute("CREATE TABLE IF NOT EXISTS public.seen (value text)");
        database.execute("CREATE FUNCTION public.see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                + " INSERT INTO public.seen VALUES (current_setting('synchronous_commit')); RETURN NEW; END $$");
        database.execute(
                "CREATE TRIGGER see AFTER INSERT ON botgate.intent FOR EACH ROW EXECUTE FUNCTION public.see()");
        TrailWriter trail = trail(LONG);

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
        return await(TrailWriter.start(
                        fixture.vertx(),
                        PostgresStore.at(
                                fixture.vertx(), address, Exchanges.ids().gateway(), LONG, Future::succeededFuture),
                        Exchanges.settings(LONG),
                        Exchanges.ids(),
                        InstantSource.system(),
                        new SimpleMeterRegistry())
                .compose(TrailWriter::close)
                .transform(ended -> Future.succeededFuture(ended.succeeded())));
    }
}
