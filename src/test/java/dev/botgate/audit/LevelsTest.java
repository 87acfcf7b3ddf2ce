package dev.botgate.audit;

import static dev.botgate.testing.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.access.DigestCheck;
import dev.botgate.audit.journal.JournalRecords;
import dev.botgate.audit.postgres.TrailFixture;
import dev.botgate.audit.redaction.Keys;
import dev.botgate.audit.writer.TrailWriter;
import dev.botgate.exchange.Call;
import dev.botgate.exchange.EndedAttempt;
import dev.botgate.exchange.Payload;
import dev.botgate.exchange.Reply;
import dev.botgate.operation.Operation;
import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.streams.ReadStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** How much of a mutation is recorded, and in which form. */
@ExtendWith(TestPostgres.class)
class LevelsTest {
    private static final String SEND = "/v3/conversations/c/activities";
    private static final String UPLOAD = "/v3/conversations/c/attachments";
    private static final String BODY = "{\"type\":\"message\",\"text\":\"my pin is 1234\"}";
    private static final String REDACTED = "{\"type\":\"message\",\"text\":\"" + Keys.text("my pin is 1234") + "\"}";
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    private final TestDatabase database;
    private TrailFixture fixture;
    private TrailWriter trail;

    LevelsTest(TestDatabase database) {
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
    void atLevelNone_nothingIsRecorded_notEvenAttempts() {
        Recording recording = levels(RecordingLevel.NONE, Map.of());

        Reply reply = await(filter(recording).apply(Exchanges.call("POST", SEND, Exchanges.json(BODY)), call -> {
            Future<Reply> busy = Future.succeededFuture(Exchanges.reply(503, "{}"));
            Future<Reply> done = Future.succeededFuture(Exchanges.reply(201, "{\"id\":\"1\"}"));
            return EndedAttempt.withAttempts(
                    done,
                    List.of(
                            new EndedAttempt(1, NOW, Duration.ZERO, busy),
                            new EndedAttempt(2, NOW, Duration.ZERO, done)));
        }));

        assertThat(reply.status()).isEqualTo(201);
        assertThat(recording.unrecorded()).hasSize(9).contains("SendToConversation", "other");
        await(trail.close());
        assertThat(fixture.entries()).isEmpty();
        assertThat(database.number("SELECT count(*) FROM botgate.attempt")).isZero();
        assertThat(database.number("SELECT count(*) FROM botgate.outcome")).isZero();
    }

    @Test
    void atLevelMetadata_theBodyIsLengthAndDigest() {
        AuditEntry entry = recorded(levels(RecordingLevel.METADATA, Map.of()), SEND, BODY);

        assertThat(entry.intent().body())
                .isEqualTo(new RecordedBody(RecordedBody.Form.REDUCED, null, Digest.of(Buffer.buffer(BODY))));
        assertThat(entry.intent().conversation()).isEqualTo("c");
        assertThat(Objects.requireNonNull(entry.outcome()).replyId()).isEqualTo("1");
    }

    @Test
    void anOperationsOwnLevel_isAboveThatOfAll() {
        Recording recording = levels(RecordingLevel.NONE, Map.of("sendToConversation", RecordingLevel.BODY));

        assertThat(recorded(recording, SEND, BODY).intent().body()).isEqualTo(RecordedBody.whole(Buffer.buffer(BODY)));
        assertThat(recording.unrecorded()).hasSize(8).doesNotContain("SendToConversation");
    }

    @Test
    void aRedactedValueIsForwarded_andNotRecorded() {
        String[] forwarded = new String[1];
        AuditFilter filter = filter(redacting(RecordingLevel.BODY, "/text"));

        await(filter.apply(Exchanges.call("POST", SEND, Exchanges.json(BODY)), call -> {
            forwarded[0] = ((Payload.Whole) call.payload()).bytes().toString();
            return Future.succeededFuture(Exchanges.reply(201, "{\"id\":\"1\"}"));
        }));

        assertThat(forwarded[0]).isEqualTo(BODY);
        Intent intent = recorded().intent();
        assertThat(intent.body())
                .isEqualTo(new RecordedBody(
                        RecordedBody.Form.REDACTED, Buffer.buffer(REDACTED), Digest.of(Buffer.buffer(REDACTED))));
        assertThat(DigestCheck.of(intent)).isEqualTo(DigestCheck.MATCHES);
        assertNothingStoredTells("1234", Digest.of(Buffer.buffer(BODY)));
    }

    @Test
    void atLevelMetadata_theDigestIsOfTheRedactedBody() {
        AuditEntry entry = recorded(redacting(RecordingLevel.METADATA, "/text"), SEND, BODY);

        assertThat(entry.intent().body())
                .isEqualTo(new RecordedBody(RecordedBody.Form.REDACTED, null, Digest.of(Buffer.buffer(REDACTED))));
    }

    @Test
    void aBodyWithoutSuchAValue_isRecordedAsItWent() {
        AuditEntry entry = recorded(redacting(RecordingLevel.BODY, "/speak"), SEND, BODY);

        assertThat(entry.intent().body()).isEqualTo(RecordedBody.whole(Buffer.buffer(BODY)));
    }

    @Test
    void theRecipientIsRecorded_asTheRecordedBodyNamesIt() {
        String body = "{\"text\":\"1\",\"recipient\":{\"id\":\"29:ann\"}}";
        Payload.Whole sent = Exchanges.json(body);

        await(filter(levels(RecordingLevel.BODY, Map.of()))
                .apply(Exchanges.call("POST", SEND, sent), LevelsTest::answer));
        await(filter(redacting(RecordingLevel.BODY, "/text"))
                .apply(Exchanges.call("POST", SEND, sent), LevelsTest::answer));
        await(filter(redacting(RecordingLevel.BODY, "/Recipient"))
                .apply(Exchanges.call("POST", SEND, sent), LevelsTest::answer));
        await(filter(levels(RecordingLevel.METADATA, Map.of()))
                .apply(Exchanges.call("POST", SEND, sent), LevelsTest::answer));
        await(trail.close());

        assertThat(database.rows("SELECT recipient FROM botgate.intent ORDER BY at, id"))
                .containsExactly("29:ann", "29:ann", Keys.text("29:ann"), "");
    }

    @Test
    void anAttachment_isRedactedAndReduced() {
        String body = "{\"name\":\"secret.png\",\"originalBase64\":\"AQID\",\"thumbnailBase64\":\"AQ==\"}";
        String redacted = "{\"name\":\"" + Keys.text("secret.png") + "\",\"originalBase64\":\"" + Keys.text("AQID")
                + "\",\"thumbnailBase64\":\"AQ==\"}";

        RecordedBody recorded = recorded(redacting(RecordingLevel.BODY, "/name", "/originalBase64"), UPLOAD, body)
                .intent()
                .body();

        assertThat(recorded.form()).isEqualTo(RecordedBody.Form.REDACTED);
        assertThat(recorded.digest()).isEqualTo(Digest.of(Buffer.buffer(redacted)));
        assertThat(Objects.requireNonNull(recorded.bytes()).toString())
                .isEqualTo(redacted.replace(
                        "AQ==", "sha256:" + Digest.of(new byte[] {1}).sha256() + ";bytes=1"));
    }

    @Test
    void aBodyThatCannotBeRedacted_isADigestThatTakesTheKey() {
        Buffer form = Buffer.buffer("pin=1234");
        Payload body = new Payload.Whole(form, null, "application/x-www-form-urlencoded", List.of());

        await(filter(redacting(RecordingLevel.BODY, "/pin"))
                .apply(Exchanges.call("POST", "/v3/other", body), LevelsTest::answer));

        RecordedBody recorded = recorded().intent().body();
        assertThat(recorded).isEqualTo(new RecordedBody(RecordedBody.Form.REDUCED, null, Digest.of(form, Keys.key())));
        assertThat(Objects.requireNonNull(recorded.digest()).key()).isEqualTo("v1");
        assertNothingStoredTells("1234", Digest.of(form));
    }

    @Test
    void anotherOperationsJson_isRedactedWhereItsMediaTypeSaysThatItIsJson() {
        Payload typed = new Payload.Whole(Buffer.buffer("{\"pin\":1}"), null, "application/vnd.x+json", List.of());

        await(filter(redacting(RecordingLevel.BODY, "/pin"))
                .apply(Exchanges.call("POST", "/v3/other", typed), LevelsTest::answer));

        assertThat(recorded().intent().body().bytes()).isEqualTo(Buffer.buffer("{\"pin\":\"" + Keys.json("1") + "\"}"));
    }

    @Test
    void aStreamedBody_isADigestThatTakesTheKey(@TempDir Path directory) throws IOException {
        byte[] content = "{\"pin\":1234}".repeat(10_000).getBytes(StandardCharsets.US_ASCII);
        Path file = Files.write(directory.resolve("body"), content);
        ReadStream<Buffer> stream = await(fixture.vertx().fileSystem().open(file.toString(), new OpenOptions()));
        Call call = Exchanges.call("POST", "/v3/other", new Payload.Streamed(stream, content.length));

        Reply reply = await(filter(redacting(RecordingLevel.BODY, "/pin")).apply(call, LevelsTest::swallow));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(Objects.requireNonNull(recorded().outcome()).sent())
                .isEqualTo(Digest.of(Buffer.buffer(content), Keys.key()));
    }

    @Test
    void theJournalHoldsTheSameRecords() {
        AuditEntry redacted = recorded(redacting(RecordingLevel.BODY, "/text"), SEND, BODY);
        Buffer unreadable = Buffer.buffer("pin=1234");
        RecordedBody keyed = redacting(RecordingLevel.BODY, "/text")
                .of(Operation.OTHER)
                .of(new Payload.Whole(unreadable, null, "text/plain", List.of()));

        assertThat(JournalRecords.encoded(redacted.intent()).toString())
                .contains(REDACTED)
                .doesNotContain("1234");
        assertThat(JournalRecords.afterJournal(redacted.intent())).isEqualTo(redacted.intent());
        assertThat(JournalRecords.afterJournal(Exchanges.intent("r", keyed)).body())
                .isEqualTo(keyed);
    }

    /** Looks at every column of every row. */
    private void assertNothingStoredTells(String secret, Digest ofTheSecret) {
        for (String table : List.of("intent", "attempt", "outcome")) {
            for (String row : database.rows("SELECT row_to_json(t)::text FROM botgate." + table + " t")) {
                assertThat(row)
                        .doesNotContain(secret)
                        .doesNotContain(HexFormat.of().formatHex(secret.getBytes(StandardCharsets.US_ASCII)))
                        .doesNotContain(ofTheSecret.sha256());
            }
        }
    }

    private static Recording levels(RecordingLevel all, Map<String, RecordingLevel> operations) {
        return Exchanges.recording(
                false, new RecordingLevelSettings(all, operations), RedactionSettings.NOTHING, Exchanges.NO_KEYS);
    }

    private static Recording redacting(RecordingLevel level, String... pointers) {
        return Exchanges.recording(
                false,
                new RecordingLevelSettings(level, Map.of()),
                new RedactionSettings(List.of(pointers), Map.of()),
                Keys.v1());
    }

    private AuditFilter filter(Recording recording) {
        return new AuditFilter(trail, Exchanges.ids(), recording, AuditAnswer.AT_ONCE, () -> NOW, System::nanoTime);
    }

    private AuditEntry recorded(Recording recording, String uri, String body) {
        await(filter(recording).apply(Exchanges.call("POST", uri, Exchanges.json(body)), LevelsTest::answer));
        return recorded();
    }

    /** The one entry, once its outcome is durable too. */
    private AuditEntry recorded() {
        await(trail.close());
        List<AuditEntry> entries = fixture.entries();
        assertThat(entries).hasSize(1);
        return entries.get(0);
    }

    private static Future<Reply> answer(Call call) {
        return Future.succeededFuture(Exchanges.reply(201, "{\"id\":\"1\"}"));
    }

    private static Future<Reply> swallow(Call call) {
        Promise<Reply> read = Promise.promise();
        ((Payload.Streamed) call.payload())
                .stream()
                        .exceptionHandler(read::fail)
                        .endHandler(end -> read.complete(Exchanges.reply(200, "{}")))
                        .handler(chunk -> {});
        return read.future();
    }
}
