package dev.botgate.audit;

import static dev.botgate.testing.Await.await;
import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.botgate.audit.postgres.TrailFixture;
import dev.botgate.audit.writer.TrailWriter;
import dev.botgate.exchange.Call;
import dev.botgate.exchange.Payload;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.exchange.Service;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.streams.ReadStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(TestPostgres.class)
class AuditFilterTest {
    private static final String SEND = "/v3/conversations/19%3Ac%40thread/activities?isTargetedActivity=true";
    private static final String BODY = "{\"type\":\"message\",\"text\":\"hi\"}";
    private static final Instant END = Instant.parse("2026-11-22T10:00:00.123456Z");

    private final TestDatabase database;
    private final AtomicLong nanos = new AtomicLong();
    private TrailFixture fixture;
    private TrailWriter trail;

    AuditFilterTest(TestDatabase database) {
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
    void theIntentIsDurableBeforeTheNextServiceHearsOfIt() {
        Service<Call> next = call -> fixture.vertx()
                .executeBlocking(() -> database.number("SELECT count(*) FROM botgate.intent"))
                .map(count -> Exchanges.reply(201, "{\"id\":\"" + count + "\"}"));

        Reply reply = await(filter(false).apply(Exchanges.call("POST", SEND, Exchanges.json(BODY)), next));

        assertThat(bytes(reply)).isEqualTo("{\"id\":\"1\"}");
    }

    @Test
    void anAnsweredMutationIsRecordedWhole() {
        Call call = Exchanges.call("POST", SEND, Exchanges.json(BODY));

        Reply reply = await(filter(false).apply(call, ignored -> {
            nanos.addAndGet(1_500_000);
            return Future.succeededFuture(Exchanges.reply(201, "{\"id\":\"1:act\"}"));
        }));

        AuditEntry entry = recorded();
        Intent intent = entry.intent();
        Outcome outcome = Objects.requireNonNull(entry.outcome());
        assertThat(reply.status()).isEqualTo(201);
        assertThat(intent)
                .isEqualTo(new Intent(
                        intent.exchange(),
                        "request-1",
                        "SendToConversation",
                        "POST",
                        SEND,
                        "teams",
                        "28:bot",
                        "tenant-1",
                        true,
                        "19:c@thread",
                        null,
                        null,
                        null,
                        "application/json",
                        RecordedBody.whole(Buffer.buffer(BODY))));
        assertThat(intent.exchange().gateway()).isEqualTo(outcome.recordedBy());
        assertThat(outcome)
                .isEqualTo(new Outcome(
                        intent.exchange(),
                        intent.exchange().gateway(),
                        END,
                        OutcomeStatus.SUCCEEDED,
                        201,
                        1,
                        Duration.ofNanos(1_500_000),
                        "1:act",
                        null,
                        "1:act",
                        null,
                        null,
                        false));
    }

    @Test
    void aServiceWhoseStackOverflows_leavesAnOutcomeNevertheless() {
        Call call = Exchanges.call("POST", SEND, Exchanges.json(BODY));

        Future<Reply> failed = filter(false).apply(call, ignored -> {
            throw new StackOverflowError();
        });

        assertThatThrownBy(() -> await(failed)).hasRootCauseInstanceOf(StackOverflowError.class);
        assertThat(outcome().closedAs()).isEqualTo(OutcomeStatus.UNKNOWN);
        assertThat(outcome().error()).isEqualTo("InternalError");
    }

    @Test
    void whatCameOfCreatingAConversation_isRecorded() {
        Call call = Exchanges.call("POST", "/v3/conversations", Exchanges.json("{}"));

        await(filter(false)
                .apply(call, answering(201, "{\"activityId\":\"act\",\"serviceUrl\":\"u\",\"id\":\"19:new\"}")));

        Outcome outcome = outcome();
        assertThat(outcome.replyId()).isEqualTo("19:new");
        assertThat(outcome.conversation()).isEqualTo("19:new");
        assertThat(outcome.activity()).isEqualTo("act");
    }

    @ParameterizedTest
    @CsvSource({
        "202, SUCCEEDED, ",
        "403, REFUSED, Forbidden",
        "429, REFUSED, Forbidden",
        "500, FAILED, Forbidden",
        "502, UNKNOWN, Forbidden",
        "504, UNKNOWN, Forbidden"
    })
    void theUpstreamsStatusClosesTheExchange(int status, OutcomeStatus close, String error) {
        String body = status < 400 ? "{\"id\":\"1\"}" : "{\"error\":{\"code\":\"Forbidden\"}}";

        Reply reply = await(filter(false)
                .apply(
                        Exchanges.call("PUT", SEND.replace("?", "/a1?"), Exchanges.json(BODY)),
                        answering(status, body)));

        Outcome outcome = outcome();
        assertThat(reply.status()).isEqualTo(status);
        assertThat(outcome.closedAs()).isEqualTo(close);
        assertThat(outcome.status()).isEqualTo(status);
        assertThat(outcome.attempts()).isEqualTo(1);
        assertThat(outcome.error()).isEqualTo(error);
        assertThat(outcome.activity()).isEqualTo(status < 400 ? "1" : null);
    }

    @ParameterizedTest
    @CsvSource({
        "THROTTLED, FAILED, 0",
        "UPSTREAM_UNREACHABLE, FAILED, 1",
        "UPSTREAM_TIMEOUT, UNKNOWN, 1",
        "UPSTREAM_REPLY_BROKEN, UNKNOWN, 1"
    })
    void whenTheUpstreamDoesNotAnswer_theFailureClosesTheExchange(Failure failure, OutcomeStatus close, int attempts) {
        GatewayException cause = new GatewayException(failure, "It did not answer");

        Future<Reply> reply = filter(false)
                .apply(Exchanges.call("POST", SEND, Exchanges.json(BODY)), ignored -> Future.failedFuture(cause));

        assertThatThrownBy(() -> await(reply)).isSameAs(cause);
        Outcome outcome = outcome();
        assertThat(outcome.closedAs()).isEqualTo(close);
        assertThat(outcome.status()).isNull();
        assertThat(outcome.attempts()).isEqualTo(attempts);
        assertThat(outcome.error()).isEqualTo(failure.code());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBugBehindTheFilter_isRecordedAsUnknown(boolean thrown) {
        IllegalStateException bug = new IllegalStateException("a bug");
        Service<Call> next = ignored -> {
            if (thrown) {
                throw bug;
            }
            return Future.failedFuture(bug);
        };

        Future<Reply> reply = filter(false).apply(Exchanges.call("POST", SEND, Exchanges.json(BODY)), next);

        assertThatThrownBy(() -> await(reply)).isSameAs(bug);
        assertThat(outcome().closedAs()).isEqualTo(OutcomeStatus.UNKNOWN);
        assertThat(outcome().error()).isEqualTo("InternalError");
    }

    @ParameterizedTest
    @CsvSource({"GET, /v3/conversations/c/members", "GET, /v3/attachments/1/views/original", "HEAD, /v3/teams/t"})
    void whatIsNoMutation_isNotRecorded(String method, String uri) {
        await(filter(false).apply(Exchanges.call(method, uri, new Payload.None()), answering(200, "[]")));

        await(trail.close());
        assertThat(fixture.entries()).isEmpty();
    }

    @Test
    void aMutationThatIsNoneOfTheTwelve_isRecordedAsOther() {
        Call call = Exchanges.call("DELETE", "/v3/batch/conversation/1", new Payload.None());

        await(filter(false).apply(call, answering(204, "")));

        assertThat(recorded().intent().operation()).isEqualTo("other");
        assertThat(recorded().intent().body()).isEqualTo(RecordedBody.none());
    }

    @Test
    void whenTheIntentCannotBeRecordedInTime_nothingIsForwarded() {
        AtomicBoolean forwarded = new AtomicBoolean();
        TrailWriter impatient = fixture.trail(Exchanges.settings(Duration.ofSeconds(1)));
        AuditFilter filter = filter(impatient, false);

        try (TrailFixture.Lock lock = fixture.lockIntents()) {
            assertThat(lock).isNotNull();
            Future<Reply> reply = filter.apply(Exchanges.call("POST", SEND, Exchanges.json(BODY)), ignored -> {
                forwarded.set(true);
                return Future.failedFuture("forwarded");
            });

            assertThatThrownBy(() -> await(reply)).isInstanceOfSatisfying(GatewayException.class, refused -> {
                assertThat(refused.failure().status()).isEqualTo(503);
                assertThat(refused.retryAfter()).contains(Duration.ofSeconds(7));
            });
        }

        await(impatient.close());
        assertThat(forwarded).isFalse();
        assertThat(database.rows("SELECT close, error, attempts FROM botgate.outcome"))
                .containsExactly("failed|NotForwarded|0");
    }

    @Test
    void anAttachmentIsRecordedByItsDigest() {
        String base64 = Base64.getEncoder().encodeToString(new byte[3_000]);
        String body = "{\"type\":\"image/png\",\"originalBase64\":\"" + base64 + "\"}";
        String uri = "/v3/conversations/c/attachments";

        await(filter(false).apply(Exchanges.call("POST", uri, Exchanges.json(body)), answering(201, "{\"id\":\"1\"}")));

        RecordedBody recorded = recorded().intent().body();
        assertThat(recorded.form()).isEqualTo(RecordedBody.Form.REDUCED);
        assertThat(recorded.digest()).isEqualTo(Digest.of(Buffer.buffer(body)));
        assertThat(Objects.requireNonNull(recorded.bytes()).toString())
                .isEqualTo("{\"type\":\"image/png\",\"originalBase64\":\"sha256:"
                        + Digest.of(new byte[3_000]).sha256() + ";bytes=3000\"}");
        assertThat(outcome().activity()).isNull();
    }

    @Test
    void whenTheSettingsSaySo_anAttachmentIsRecordedWhole() {
        String body = "{\"originalBase64\":\"AQID\"}";

        await(filter(true)
                .apply(
                        Exchanges.call("POST", "/v3/conversations/c/attachments", Exchanges.json(body)),
                        answering(201, "{\"id\":\"1\"}")));

        assertThat(recorded().intent().body()).isEqualTo(RecordedBody.whole(Buffer.buffer(body)));
    }

    @Test
    void aStreamedBodyIsMeasuredAsItPasses(@TempDir Path directory) throws IOException {
        byte[] content = new byte[300_000];
        Path file = Files.write(directory.resolve("body"), content);
        ReadStream<Buffer> stream = await(fixture.vertx().fileSystem().open(file.toString(), new OpenOptions()));
        Call call = Exchanges.call("POST", "/v3/other", new Payload.Streamed(stream, content.length));

        Reply reply = await(filter(false).apply(call, this::swallow));

        AuditEntry entry = recorded();
        assertThat(bytes(reply)).isEqualTo("300000");
        assertThat(entry.intent().body()).isEqualTo(RecordedBody.streamed());
        assertThat(outcome().sent()).isEqualTo(Digest.of(content));
        assertThat(outcome().sentWhole()).isTrue();
    }

    @Test
    void whenAStreamedBodyIsCut_nobodyKnowsWhatHappened(@TempDir Path directory) throws IOException {
        Path file = Files.write(directory.resolve("body"), new byte[300_000]);
        ReadStream<Buffer> stream = await(fixture.vertx().fileSystem().open(file.toString(), new OpenOptions()));
        Call call = Exchanges.call("POST", "/v3/other", new Payload.Streamed(stream, -1));

        Future<Reply> reply = filter(false).apply(call, cut -> {
            Promise<Reply> failed = Promise.promise();
            ReadStream<Buffer> passing = ((Payload.Streamed) cut.payload()).stream();
            passing.handler(first -> {
                // Else the file would still be read while the test, and its Vert.x, come to their end.
                passing.pause();
                failed.tryFail(new GatewayException(Failure.BODY_TIMEOUT, "It stalled"));
            });
            return failed.future();
        });

        assertThatThrownBy(() -> await(reply)).isInstanceOf(GatewayException.class);
        assertThat(outcome().closedAs()).isEqualTo(OutcomeStatus.UNKNOWN);
        assertThat(outcome().attempts()).isEqualTo(1);
        assertThat(outcome().sentWhole()).isFalse();
        assertThat(Objects.requireNonNull(outcome().sent()).length()).isPositive();
    }

    private Future<Reply> swallow(Call call) {
        Payload.Streamed body = (Payload.Streamed) call.payload();
        assertThat(body.length()).isEqualTo(300_000);
        Promise<Reply> read = Promise.promise();
        AtomicLong length = new AtomicLong();
        body.stream()
                .exceptionHandler(read::fail)
                .endHandler(end -> read.complete(Exchanges.reply(200, length.toString())))
                .handler(chunk -> length.addAndGet(chunk.length()));
        return read.future();
    }

    /** The next filters make replies wait for their outcomes. */
    private AuditAnswer answer = AuditAnswer.AT_ONCE;

    private AuditFilter filter(boolean attachmentBytes) {
        return filter(trail, attachmentBytes);
    }

    private AuditFilter filter(AuditTrail into, boolean attachmentBytes) {
        return filter(
                into,
                Exchanges.recording(
                        attachmentBytes, RecordingLevelSettings.BODIES, RedactionSettings.NOTHING, Exchanges.NO_KEYS));
    }

    private AuditFilter filter(AuditTrail into, Recording recording) {
        return new AuditFilter(into, Exchanges.ids(), recording, answer, () -> END, nanos::get);
    }

    @Test
    void whereRepliesWait_oneComesOnceItsOutcomeIsDurable() {
        answer = AuditAnswer.RECORDED;
        List<TrailFixture.Lock> locks = new ArrayList<>();

        Future<Reply> reply = filter(false).apply(Exchanges.call("POST", SEND, Exchanges.json(BODY)), ignored -> {
            locks.add(fixture.lockIntents());
            return Future.succeededFuture(Exchanges.reply(201, "{}"));
        });

        until(() -> fixture.blockedCommits() == 1);
        assertThat(reply.isComplete()).isFalse();
        locks.forEach(TrailFixture.Lock::close);
        assertThat(await(reply).status()).isEqualTo(201);
        assertThat(database.rows("SELECT close FROM botgate.outcome")).containsExactly("succeeded");
    }

    @Test
    void whereRepliesWait_aFailureComesOnceItsOutcomeIsDurable() {
        answer = AuditAnswer.RECORDED;
        GatewayException cause = new GatewayException(Failure.UPSTREAM_TIMEOUT, "It did not answer");

        Future<Reply> reply = filter(false)
                .apply(Exchanges.call("POST", SEND, Exchanges.json(BODY)), ignored -> Future.failedFuture(cause));

        assertThatThrownBy(() -> await(reply)).isSameAs(cause);
        assertThat(database.rows("SELECT close FROM botgate.outcome")).containsExactly("unknown");
    }

    @Test
    void whereRepliesWait_oneWhoseOutcomeCannotBeDurableInTime_comesNevertheless() {
        answer = AuditAnswer.RECORDED;
        TrailWriter impatient = fixture.trail(Exchanges.settings(Duration.ofSeconds(1)));
        List<TrailFixture.Lock> locks = new ArrayList<>();

        Reply reply =
                await(filter(impatient, false).apply(Exchanges.call("POST", SEND, Exchanges.json(BODY)), ignored -> {
                    locks.add(fixture.lockIntents());
                    return Future.succeededFuture(Exchanges.reply(201, "{}"));
                }));

        assertThat(reply.status()).isEqualTo(201);
        assertThat(fixture.registry()
                        .get("botgate.audit.unrecorded.replies")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(database.number("SELECT count(*) FROM botgate.outcome")).isZero();
        locks.forEach(TrailFixture.Lock::close);
        await(impatient.close());
        assertThat(database.rows("SELECT close FROM botgate.outcome")).containsExactly("succeeded");
    }

    private static Service<Call> answering(int status, String body) {
        return ignored -> Future.succeededFuture(new Reply(
                status, "Reason", MultiMap.caseInsensitiveMultiMap(), new ReplyBody.Whole(Buffer.buffer(body))));
    }

    private static String bytes(Reply reply) {
        return ((ReplyBody.Whole) reply.body()).bytes().toString();
    }

    /** The one entry, once its outcome is durable too. */
    private AuditEntry recorded() {
        await(trail.close());
        List<AuditEntry> entries = fixture.entries();
        assertThat(entries).hasSize(1);
        return entries.get(0);
    }

    private Outcome outcome() {
        return Objects.requireNonNull(recorded().outcome());
    }
}
