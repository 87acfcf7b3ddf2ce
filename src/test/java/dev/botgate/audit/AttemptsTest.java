package dev.botgate.audit;

import static dev.botgate.testing.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.admin.EntryJson;
import dev.botgate.audit.postgres.TrailFixture;
import dev.botgate.audit.writer.TrailWriter;
import dev.botgate.exchange.Call;
import dev.botgate.exchange.EndedAttempt;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.Service;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestPostgres;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the trail tells of a mutation that took more than one attempt. */
@ExtendWith(TestPostgres.class)
class AttemptsTest {
    private static final String ACTIVITY = "/v3/conversations/c/activities/1";
    private static final Instant START = Instant.parse("2026-11-22T10:00:00.000001Z");

    private final TestDatabase database;
    private TrailFixture fixture;
    private TrailWriter trail;

    AttemptsTest(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void start() {
        fixture = new TrailFixture(database);
        trail = fixture.trail(Exchanges.settings(Duration.ofSeconds(20)));
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void eachAttemptIsRecorded_withItsTimeStatusAndReason() {
        Service<Call> next = attempting(List.of(
                Future.failedFuture(new GatewayException(Failure.UPSTREAM_UNREACHABLE, "Nobody there")),
                Future.succeededFuture(Exchanges.reply(429, "{\"error\":{\"code\":\"Throttled\\u0000\"}}")),
                Future.succeededFuture(Exchanges.reply(200, "{\"id\":\"1\"}"))));

        Reply reply = await(put(next));

        assertThat(reply.status()).isEqualTo(200);
        AuditEntry entry = recorded();
        ExchangeId exchange = entry.intent().exchange();
        assertThat(entry.attempts())
                .containsExactly(
                        new Attempt(exchange, 1, START.plusSeconds(1), null, "UpstreamUnreachable", ofMillis(1)),
                        new Attempt(exchange, 2, START.plusSeconds(2), 429, "Throttled\u2400", ofMillis(2)),
                        new Attempt(exchange, 3, START.plusSeconds(3), 200, null, ofMillis(3)));
        assertThat(outcome(entry).attempts()).isEqualTo(3);
        assertThat(outcome(entry).closedAs()).isEqualTo(OutcomeStatus.SUCCEEDED);
        assertThat(EntryJson.of(entry).getJsonArray("attempts").encode())
                .isEqualTo("[{\"number\":1,\"at\":\"2026-11-22T10:00:01.000001Z\",\"latencyMicros\":1000,"
                        + "\"error\":\"UpstreamUnreachable\"},"
                        + "{\"number\":2,\"at\":\"2026-11-22T10:00:02.000001Z\",\"latencyMicros\":2000,"
                        + "\"status\":429,\"error\":\"Throttled\u2400\"},"
                        + "{\"number\":3,\"at\":\"2026-11-22T10:00:03.000001Z\",\"latencyMicros\":3000,"
                        + "\"status\":200}]");
    }

    @Test
    void ofASingleAttempt_theOutcomeTellsAll() {
        assertThat(await(put(attempting(List.of(Future.succeededFuture(Exchanges.reply(200, "{}"))))))
                        .status())
                .isEqualTo(200);

        AuditEntry entry = recorded();
        assertThat(outcome(entry).attempts()).isEqualTo(1);
        assertThat(entry.attempts()).isEmpty();
        assertThat(EntryJson.of(entry).containsKey("attempts")).isFalse();
        assertThat(database.number("SELECT count(*) FROM botgate.attempt")).isZero();
    }

    @Test
    void aConnectionThatCouldNotBeHad_isAnAttempt() {
        Future<Reply> reply = put(attempting(
                List.of(Future.failedFuture(new GatewayException(Failure.UPSTREAM_UNREACHABLE, "Nobody there")))));

        assertThat(await(reply.otherwise(Exchanges.reply(502, ""))).status()).isEqualTo(502);
        AuditEntry entry = recorded();
        assertThat(outcome(entry).attempts()).isEqualTo(1);
        assertThat(outcome(entry).closedAs()).isEqualTo(OutcomeStatus.FAILED);
    }

    /** A refusal at last says nothing about what an earlier attempt may have done. */
    @ParameterizedTest
    @CsvSource({
        "502, 404, UNKNOWN",
        "504, 403, UNKNOWN",
        "UPSTREAM_TIMEOUT, 500, UNKNOWN",
        "UPSTREAM_REPLY_BROKEN, UPSTREAM_UNREACHABLE, UNKNOWN",
        "UPSTREAM_REPLY_BROKEN, 200, SUCCEEDED",
        "503, 404, REFUSED",
        "429, UPSTREAM_UNREACHABLE, FAILED",
        "UPSTREAM_UNREACHABLE, 500, FAILED",
        "429, 504, UNKNOWN"
    })
    void theExchangeClosesByAllItsAttempts(String first, String last, OutcomeStatus close) {
        Future<Reply> reply = put(attempting(List.of(result(first), result(last))));

        assertThat(await(reply.otherwise(Exchanges.reply(599, ""))).status()).isPositive();
        assertThat(outcome(recorded()).closedAs()).isEqualTo(close);
    }

    @Test
    void whatIsRecordedAgain_leavesTheTrailAsItWas() {
        Intent intent = Exchanges.intent("r1");
        Attempt attempt = new Attempt(intent.exchange(), 1, START, 503, null, ofMillis(1));
        await(trail.begin(intent));

        trail.attempt(attempt);
        trail.attempt(attempt);
        trail.attempt(new Attempt(intent.exchange(), 1, START, 504, "Other", ofMillis(2)));

        await(trail.close());
        assertThat(fixture.entries()).singleElement().satisfies(entry -> assertThat(entry.attempts())
                .containsExactly(attempt));
    }

    @Test
    void theAttemptsOfAGatewayThatDied_areShownWithTheEndThatAnotherRecorded() {
        Intent intent = Exchanges.intent("r1");
        await(trail.begin(intent));
        trail.attempt(new Attempt(intent.exchange(), 1, START, 503, null, ofMillis(1)));

        GatewayRun another = new GatewayRun("gate-2", UUID.randomUUID());
        trail.end(new Outcome(
                intent.exchange(),
                another,
                START,
                OutcomeStatus.UNKNOWN,
                null,
                1,
                ofMillis(9),
                null,
                null,
                null,
                null,
                null,
                false));

        await(trail.close());
        assertThat(fixture.entries()).singleElement().satisfies(entry -> assertThat(entry.attempts())
                .extracting(Attempt::status)
                .containsExactly(503));
    }

    @Test
    void anAttemptThatTheDatabaseRefuses_isRecordedWithoutItsNames() {
        database.execute("ALTER TABLE botgate.attempt ADD CHECK (error <> 'poison')");
        Intent intent = Exchanges.intent("r1");
        await(trail.begin(intent));

        trail.attempt(new Attempt(intent.exchange(), 1, START, 503, "poison", ofMillis(1)));
        trail.end(Exchanges.outcome(intent, OutcomeStatus.SUCCEEDED));

        await(trail.close());
        assertThat(database.rows("SELECT number, status, error FROM botgate.attempt"))
                .containsExactly("1|503|NotStorable");
        assertThat(database.number("SELECT count(*) FROM botgate.outcome")).isEqualTo(1);
    }

    private Future<Reply> put(Service<Call> next) {
        AuditFilter filter = new AuditFilter(
                trail, Exchanges.ids(), Exchanges.recording(), AuditAnswer.AT_ONCE, () -> START, System::nanoTime);
        return filter.apply(Exchanges.call("PUT", ACTIVITY, Exchanges.json("{}")), next);
    }

    /** Answers with the last of these results, as after so many attempts. */
    private static Service<Call> attempting(List<Future<Reply>> results) {
        Future<Reply> last = results.get(results.size() - 1);
        List<EndedAttempt> attempts = new ArrayList<>();
        for (Future<Reply> result : results) {
            int number = attempts.size() + 1;
            attempts.add(new EndedAttempt(number, START.plusSeconds(number), ofMillis(number), result));
        }
        return call -> attempts.size() == 1 ? last : EndedAttempt.withAttempts(last, attempts);
    }

    private static Future<Reply> result(String statusOrFailure) {
        return Character.isDigit(statusOrFailure.charAt(0))
                ? Future.succeededFuture(Exchanges.reply(Integer.parseInt(statusOrFailure), "{}"))
                : Future.failedFuture(new GatewayException(Failure.valueOf(statusOrFailure), "It failed"));
    }

    private static Duration ofMillis(long millis) {
        return Duration.ofMillis(millis);
    }

    /** The one entry, once its outcome is durable too. */
    private AuditEntry recorded() {
        await(trail.close());
        List<AuditEntry> entries = fixture.entries();
        assertThat(entries).hasSize(1);
        return entries.get(0);
    }

    private static Outcome outcome(AuditEntry entry) {
        return Objects.requireNonNull(entry.outcome());
    }
}
