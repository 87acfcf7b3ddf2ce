package dev.botgate.admin;

import static dev.botgate.testing.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.botgate.audit.Exchanges;
import dev.botgate.audit.Intent;
import dev.botgate.audit.Outcome;
import dev.botgate.audit.OutcomeStatus;
import dev.botgate.audit.access.AccessRecordingHolds;
import dev.botgate.audit.access.AccessRecordingReader;
import dev.botgate.audit.access.LegalHold;
import dev.botgate.audit.postgres.DatabaseAddress;
import dev.botgate.audit.postgres.PostgresHoldStore;
import dev.botgate.audit.postgres.TrailFixture;
import dev.botgate.audit.writer.TrailWriter;
import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestPostgres;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(TestPostgres.class)
class AuditRoutesTest {
    private final TestDatabase database;
    private final TrailFixture fixture;
    private final WebClient client;
    private final PostgresHoldStore holds;
    private int port;

    AuditRoutesTest(TestDatabase database) {
        this.database = database;
        this.fixture = new TrailFixture(database);
        this.client = WebClient.create(fixture.vertx());
        this.holds = new PostgresHoldStore(
                fixture.vertx(),
                new DatabaseAddress(database.url(), database.settings()),
                InstantSource.fixed(Instant.parse("2031-01-02T03:04:05.123456789Z")));
    }

    @BeforeEach
    void start() {
        AdminSettings settings = new AdminSettings("127.0.0.1", 0, AuthenticationSettings.NONE);
        AdminServer server = new AdminServer(
                fixture.vertx(),
                settings,
                new Authentication(
                        fixture.vertx(),
                        settings,
                        fixture.accesses(),
                        InstantSource.system(),
                        System::nanoTime,
                        fixture.registry()),
                List.of(
                        new AuditRoutes(
                                new AccessRecordingReader(fixture.reader(), fixture.accesses(), InstantSource.system()),
                                Map.of()),
                        new HoldRoutes(new AccessRecordingHolds(holds, fixture.accesses(), InstantSource.system()))),
                new SimpleMeterRegistry());
        port = await(server.start());
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void aSearch_isRecordedBeforeItIsAnswered() {
        record(3);

        JsonObject page = get("/audit/entries?bot=28:bot&limit=2").bodyAsJsonObject();

        assertThat(page.getJsonArray("entries")).hasSize(2);
        JsonObject access = get("/audit/access?action=search")
                .bodyAsJsonObject()
                .getJsonArray("records")
                .getJsonObject(0);
        assertThat(access.getJsonObject("filters"))
                .isEqualTo(new JsonObject().put("bot", "28:bot").put("limit", "2"));
        assertThat(access.getString("origin")).isEqualTo("127.0.0.1");
    }

    @ParameterizedTest
    @CsvSource({
        "/audit/entries",
        "/audit/entries/019a8e6e-5a01-7c1b-9d6f-0c9f0a2b8d11",
        "/audit/activities/a",
        "/audit/access",
        "/audit/holds",
        "/audit/export"
    })
    void aSearchThatCannotBeRecorded_isNotAnswered(String path) {
        record(1);
        database.execute("ALTER TABLE botgate.access RENAME TO access_gone");

        HttpResponse<Buffer> reply = get(path);

        assertThat(reply.statusCode()).isEqualTo(503);
        assertThat(reply.bodyAsJsonObject().getJsonObject("error").getString("code"))
                .isEqualTo("AuditUnavailable");
    }

    @Test
    void aHoldChangeThatCannotBeRecorded_isNotMade() {
        LegalHold standing = await(holds.add(LegalHold.Subject.BOT, "28:bot", "a case", "me"));
        database.execute("ALTER TABLE botgate.access RENAME TO access_gone");

        HttpResponse<Buffer> added = await(client.post(port, "127.0.0.1", "/audit/holds")
                .sendJsonObject(new JsonObject().put("bot", "28:other").put("reason", "a case")));
        HttpResponse<Buffer> removed =
                await(client.delete(port, "127.0.0.1", "/audit/holds/" + standing.id() + "?reason=settled")
                        .send());

        assertThat(List.of(added.statusCode(), removed.statusCode())).containsExactly(503, 503);
        assertThat(await(holds.list(true))).containsExactly(standing);
    }

    @Test
    void withoutTokens_theAddressIsRecordedAsTheAuthorOfAHold() {
        JsonObject hold = await(client.post(port, "127.0.0.1", "/audit/holds")
                        .sendJsonObject(new JsonObject().put("bot", "28:bot").put("reason", "a case")))
                .bodyAsJsonObject();

        assertThat(hold.getString("addedBy")).isEqualTo("127.0.0.1");
        assertThat(hold.getLong("entries")).isZero();
    }

    @Test
    void oneEntry_isShownCompletely() {
        String id = record(1).get(0).exchange().id().toString();

        JsonObject entry = get("/audit/entries/" + id).bodyAsJsonObject();

        assertThat(entry.getString("id")).isEqualTo(id);
        assertThat(entry.getJsonObject("body").getString("text")).isNotEmpty();
        assertThat(entry.getJsonObject("outcome").getString("closedAs")).isEqualTo("succeeded");
        assertThat(get("/audit/entries/019a8e6e-5a01-7c1b-9d6f-0c9f0a2b8d11").statusCode())
                .isEqualTo(404);
        assertThat(get("/audit/entries/x").statusCode()).isEqualTo(400);
    }

    @Test
    void anActivitysHistory_hasTheCallsThatSentUpdatedAndDeletedIt() {
        TrailWriter trail = fixture.trail(Exchanges.settings(Duration.ofSeconds(20)));
        change(trail, "sent", null, "SendToConversation", "a/1");
        change(trail, "replied to", "a/1", "ReplyToActivity", "a2");
        change(trail, "updated", "a/1", "UpdateActivity", "a/1");
        change(trail, "deleted", "a/1", "DeleteActivity", null);
        await(trail.close());

        JsonObject history =
                get("/audit/activities/a%2F1?conversation=19:conversation").bodyAsJsonObject();

        assertThat(history.getJsonArray("changes").stream()
                        .map(JsonObject.class::cast)
                        .map(change -> change.getString("change") + " " + change.getString("requestId")))
                .containsExactly("sent sent", "updated updated", "deleted deleted");
        assertThat(history.getJsonArray("changes")
                        .getJsonObject(1)
                        .getJsonObject("body")
                        .getString("text"))
                .isNotEmpty();
        assertThat(get("/audit/activities/a%2F1?conversation=other")
                        .bodyAsJsonObject()
                        .getJsonArray("changes"))
                .isEmpty();
    }

    @Test
    void anExport_hasAllEntriesOldestFirst_andContinuesAfterAnEntry() {
        List<Intent> intents = record(2_500);

        List<String> first =
                lines("/audit/export?to=" + intents.get(1_700).exchange().at());
        String last = new JsonObject(first.get(first.size() - 1)).getString("id");
        List<String> rest = lines("/audit/export?after=" + last);

        List<String> ids = new ArrayList<>(first);
        ids.addAll(rest);
        assertThat(first).hasSize(1_700);
        assertThat(ids.stream().map(line -> new JsonObject(line).getString("id")))
                .containsExactlyElementsOf(intents.stream()
                        .map(intent -> intent.exchange().id().toString())
                        .toList());
        JsonArray ends =
                get("/audit/access?action=export-end").bodyAsJsonObject().getJsonArray("records");
        assertThat(ends.getJsonObject(1).getLong("entries")).isEqualTo(1_700);
        assertThat(ends.getJsonObject(1).getString("last")).isEqualTo(last);
    }

    @Test
    void csv_hasAHeaderLine_unlessContinued() {
        List<Intent> intents = record(3);

        List<String> all = lines("/audit/export?format=csv");
        List<String> rest = lines(
                "/audit/export?format=csv&after=" + intents.get(0).exchange().id());

        assertThat(all).hasSize(4).first().asString().startsWith("id,at,state,");
        assertThat(rest)
                .hasSize(2)
                .first()
                .asString()
                .startsWith(intents.get(1).exchange().id().toString());
    }

    @ParameterizedTest
    @CsvSource({
        "/audit/export?after=019a8e6e-5a01-7c1b-9d6f-0c9f0a2b8d11, no such entry",
        "/audit/export?limit=3, an export has no pages",
        "/audit/export?format=xml, 'ndjson, csv'",
        "/audit/access?action=x, export-end",
        "/audit/access?bot=x, reader",
        "/audit/entries?reader=x, request-id",
        "/audit/entries?from=%2B999999999-01-01T00:00:00Z, years 1 to 9999",
        "/audit/entries?to=-0001-01-01T00:00:00Z, years 1 to 9999",
        "/audit/entries?cursor=AIAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAA, expected: the next or the previous of a page"
    })
    void invalidParameters_areRefusedWithTheExpectedValues(String path, String expected) {
        HttpResponse<Buffer> reply = get(path);

        assertThat(reply.statusCode()).isEqualTo(400);
        assertThat(reply.bodyAsString()).contains(expected);
    }

    @CanIgnoreReturnValue
    private List<Intent> record(int number) {
        TrailWriter trail = fixture.trail(Exchanges.settings(Duration.ofSeconds(20)));
        List<Intent> intents = new ArrayList<>();
        List<Future<Void>> begun = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            Intent intent = Exchanges.intent("r" + i);
            intents.add(intent);
            begun.add(trail.begin(intent));
            trail.end(Exchanges.outcome(intent, OutcomeStatus.SUCCEEDED));
        }
        await(Future.all(begun));
        await(trail.close());
        return intents;
    }

    private static void change(
            TrailWriter trail,
            String requestId,
            @Nullable String activity,
            String operation,
            @Nullable String cameOfIt) {
        Intent intent =
                Exchanges.intent(Exchanges.ids().next(), requestId, "28:bot", "19:conversation", activity, operation);
        await(trail.begin(intent));
        Outcome like = Exchanges.outcome(intent, OutcomeStatus.SUCCEEDED);
        trail.end(new Outcome(
                like.exchange(),
                like.recordedBy(),
                like.at(),
                like.closedAs(),
                like.status(),
                like.attempts(),
                like.latency(),
                like.replyId(),
                null,
                cameOfIt,
                like.error(),
                like.sent(),
                like.sentWhole()));
    }

    private List<String> lines(String path) {
        return get(path).bodyAsString().lines().toList();
    }

    private HttpResponse<Buffer> get(String path) {
        return await(client.get(port, "127.0.0.1", path).send());
    }
}
