package dev.botgate.cli;

import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.botgate.gateway.GatewayFixture;
import dev.botgate.testing.Raw;
import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestPostgres;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The trail of a running gateway, read and kept by commands; the gateway asks for tokens that a command made. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(TestPostgres.class)
class AuditCommandsTest {
    /** Set, it keeps commands from putting their logging in the place of the tests'. */
    private static final String LOGGING = "logback.configurationFile";

    private static final String BOT = "Authorization: Bearer e30.eyJhcHBpZCI6ImJvdC0xIiwidGlkIjoidCJ9.c2ln";

    private static final String OTHER_BOT = "Authorization: Bearer e30.eyJhcHBpZCI6ImJvdC0yIiwidGlkIjoidCJ9.c2ln";

    private final TestDatabase database;
    private final CommandRun auditor;
    private final CommandRun operator;
    private final GatewayFixture gateway;

    @TempDir
    Path directory;

    AuditCommandsTest(TestDatabase database) {
        this.database = database;
        Path anywhere = Path.of("");
        this.auditor = CommandRun.botgate(anywhere, Map.of(), "token", "ann-lee");
        this.operator = CommandRun.botgate(anywhere, Map.of(), "token", "--role", "operator", "prometheus");
        GatewayFixture.Plan plan = GatewayFixture.on(database).set("ADMIN_AUTHENTICATION_REQUIRED", "always");
        variables(auditor).forEach((name, value) -> plan.set(name.substring("BOTGATE_".length()), value));
        variables(operator).forEach((name, value) -> plan.set(name.substring("BOTGATE_".length()), value));
        this.gateway = plan.start();
    }

    @BeforeAll
    static void keepLogging() {
        assertThat(System.setProperty(LOGGING, "kept")).isNull();
    }

    @AfterAll
    void close() {
        gateway.close();
        assertThat(System.clearProperty(LOGGING)).isEqualTo("kept");
    }

    @Test
    void eachTokenOpensItsPart_andHealthIsOpen() {
        assertThat(status("/audit/entries", auditor)).isEqualTo(200);
        for (String path : List.of("/metrics", "/ratelimit")) {
            assertThat(status(path, operator)).as(path).isEqualTo(200);
            assertThat(status(path, auditor)).as(path).isEqualTo(403);
            assertThat(gateway.operator(path).status()).as(path).isEqualTo(401);
        }
        assertThat(status("/audit/entries", operator)).isEqualTo(403);
        assertThat(gateway.operator("/audit/export").status()).isEqualTo(401);
        assertThat(gateway.operator("/health/live").status()).isEqualTo(200);
        // The refusal does not wait for its record.
        until(() -> audit("access", "--action", "refused", "--reader", "prometheus", "--json")
                .out()
                .contains("\"path\":\"/audit/entries\""));
    }

    @Test
    void aSentMessage_isListed_shown_andHasAHistory() {
        String entry = send("reading");

        assertThat(audit("list", "--conversation", "reading").out()).contains(entry, "bot-1", "SendToConversation");
        JsonObject shown = new JsonObject(audit("show", entry).out());
        assertThat(shown.getJsonObject("body").getString("text")).contains("hello");
        String activity = shown.getJsonObject("outcome").getString("activity");
        assertThat(audit("history", activity).out()).contains(entry, "sent", "hello");
        assertThat(audit("access", "--action", "show", "--json").out())
                .contains(entry)
                .contains("\"reader\":\"" + System.getProperty("user.name") + "\"");
        assertThat(audit("show", "019a8e6e-5a01-7c1b-9d6f-0c9f0a2b8d11").exit()).isEqualTo(1);
        assertThat(audit("show", "x").exit()).isEqualTo(2);
    }

    @Test
    void aHistory_namesWhoMadeEachVersion_byTheNamesThatAreConfigured() {
        String entry = send("edited");
        String activity = new JsonObject(audit("show", entry).out())
                .getJsonObject("outcome")
                .getString("activity");
        closed(gateway.ask(Raw.request(
                "PUT /v3/conversations/edited/activities/" + activity + " HTTP/1.1",
                List.of("Content-Type: application/json", "Connection: close", OTHER_BOT),
                "{\"type\":\"message\",\"text\":\"better\"}")));
        Map<String, String> names = Map.of("BOTGATE_AUDIT_BOT_NAMES_BOT_1", "注文ボット");

        List<String> history = command(names, "history", activity).out().lines().toList();

        assertThat(history).hasSize(3);
        assertThat(history.get(1)).contains("sent", "注文ボット", "hello").doesNotContain("bot-1");
        assertThat(history.get(2)).contains("updated", "bot-2", "better");
        assertThat(command(names, "list", "--conversation", "edited").out()).contains("注文ボット", "bot-2", activity);
    }

    @Test
    void aList_showsWhichMember() {
        closed(gateway.ask(Raw.request(
                "DELETE /v3/conversations/members/members/29%3Asomebody HTTP/1.1",
                List.of("Connection: close", BOT), "")));

        assertThat(audit("list", "--conversation", "members").out()).contains("MEMBER", "29:somebody");
    }

    @Test
    void timesAreUniversal_orOfThisMachinesZone() {
        QueryOptions.TimeFormat local = new QueryOptions.TimeFormat(ZoneId.of("Asia/Tokyo"));
        Instant time = Instant.parse("2026-11-30T23:00:00Z");

        assertThat(local.title()).isEqualTo("TIME (Asia/Tokyo)");
        assertThat(local.text(time)).isEqualTo("2026-12-01T08:00:00.000+09:00");
        assertThat(QueryOptions.TimeFormat.of(false).text(time)).isEqualTo("2026-11-30T23:00:00.000Z");
        assertThat(audit("list", "--local", "--limit", "1").out())
                .startsWith(QueryOptions.TimeFormat.of(true).title());
    }

    @Test
    void anExport_goesOnInItsFile_andNeverOverwritesOne() throws IOException {
        String first = send("exported");
        Path file = directory.resolve("trail.csv");
        String[] export = {"export", "--conversation", "exported", "--format", "csv", "-o", file.toString()};

        CommandRun begun = audit(export);
        String second = send("exported");
        CommandRun again = audit(export);
        CommandRun resumed = audit(
                "export", "--conversation", "exported", "--format", "csv", "-o", file.toString(), "--after", first);

        assertThat(begun).extracting(CommandRun::exit).isEqualTo(0);
        assertThat(begun.err()).startsWith("1 entries, ");
        assertThat(again.exit()).isEqualTo(2);
        assertThat(again.err()).contains("expected: a new file");
        assertThat(resumed.exit()).isZero();
        assertThat(Files.readString(file).lines())
                .satisfiesExactly(
                        head -> assertThat(head).startsWith("id,at,"),
                        line -> assertThat(line).startsWith(first),
                        line -> assertThat(line).startsWith(second));
    }

    @Test
    void anExportThatWasCutOff_goesOnBehindItsLastWholeLine() throws IOException {
        String first = send("torn");
        Path file = directory.resolve("torn.ndjson");
        String[] export = {"export", "--conversation", "torn", "-o", file.toString(), "--after", first};
        assertThat(audit("export", "--conversation", "torn", "-o", file.toString()))
                .extracting(CommandRun::exit)
                .isEqualTo(0);
        String whole = Files.readString(file);
        String second = send("torn");
        Files.writeString(file, whole + "{\"id\":\"" + second.substring(0, 8));

        CommandRun resumed = audit(export);

        assertThat(resumed.exit()).isZero();
        assertThat(resumed.err()).contains("the last line was incomplete; removed its 15 bytes");
        assertThat(Files.readString(file)).startsWith(whole);
        assertThat(Files.readString(file).lines().map(line -> new JsonObject(line).getString("id")))
                .containsExactly(first, second);
    }

    @Test
    void aHold_keepsAnExpiredMonth_andSaysSo() {
        database.execute("SELECT botgate.create_partitions('2020-03-01Z', 0)");
        database.execute(
                """
                INSERT INTO botgate.intent (at, id, gateway, run, sequence, request_id, operation, method, uri, upstream,
                    bot, verified, body_form)
                VALUES ('2020-03-05Z', gen_random_uuid(), 'gate', gen_random_uuid(), 1, 'old', 'other', 'POST', '/',
                    'teams', 'bot-of-2020', false, 'none')
                """);
        Map<String, String> retention = Map.of("BOTGATE_AUDIT_RETENTION", "12");

        String hold = audit("hold", "add", "--bot", "bot-of-2020", "--reason", "case 7")
                .out()
                .strip();
        CommandRun held = command(retention, "retention");
        CommandRun listed = audit("hold", "list");
        CommandRun removed = audit("hold", "remove", hold, "--reason", "settled");
        CommandRun foreseen = command(retention, "retention", "--dry-run");
        CommandRun dropped = command(retention, "retention");

        assertThat(held.out()).contains("2020-03", "held", "hold " + hold + " on bot bot-of-2020");
        assertThat(listed.out()).contains(hold, "bot-of-2020", "case 7");
        assertThat(removed.exit()).isZero();
        assertThat(foreseen.out()).contains("2020-03", "expired");
        assertThat(dropped.out()).contains("2020-03", "dropped");
        assertThat(database.rows("SELECT 1 FROM pg_class WHERE relname LIKE '%\\_2020\\_03'"))
                .isEmpty();
        assertThat(audit("access", "--action", "drop").out()).contains("2020-03");
        assertThat(audit("hold", "list", "--all").out()).contains("removed", "settled");
    }

    @Test
    void holdsAreListedAddedAndRemoved_overHttpToo_andRecorded() {
        List<String> held = List.of(send("held"), send("held"));
        String body = "{\"conversation\":\"held\",\"reason\":\"case 8\"}";

        Raw.Reply added = ask("POST", "/audit/holds", auditor, body);
        JsonObject hold = new JsonObject(added.text());
        CommandRun listed = audit("hold", "list");
        CommandRun again = audit("hold", "add", "--conversation", "held", "--reason", "case 9");
        CommandRun nobody = audit("hold", "add", "--conversation", "never seen", "--reason", "case 9");
        String path = "/audit/holds/" + hold.getString("id");
        Raw.Reply removed = ask("DELETE", path + "?reason=settled", auditor, "");
        Raw.Reply holds = ask("GET", "/audit/holds?all=true", auditor, "");

        assertThat(added.status()).isEqualTo(201);
        assertThat(added.header("Location")).contains(path);
        assertThat(hold.getString("addedBy")).isEqualTo("ann-lee");
        assertThat(hold.getLong("entries")).isEqualTo(held.size());
        assertThat(listed.out()).contains(hold.getString("id"), "ann-lee", "case 8");
        assertThat(again.err()).contains("It covers 2 entries of conversation held so far");
        assertThat(nobody.err()).contains("No entry of conversation never seen is recorded so far");
        assertThat(removed.status()).isEqualTo(204);
        assertThat(new JsonObject(holds.text())
                        .getJsonArray("holds").stream()
                                .map(JsonObject.class::cast)
                                .filter(found -> found.getString("id").equals(hold.getString("id"))))
                .singleElement()
                .satisfies(found -> assertThat(found.getJsonObject("removal").getString("removedBy") + " "
                                + found.getJsonObject("removal").getString("reason"))
                        .isEqualTo("ann-lee settled"));
        assertThat(ask("DELETE", path + "?reason=again", auditor, "").status()).isEqualTo(404);
        assertThat(accesses("hold-add", "ann-lee")).contains("{\"conversation\":\"held\",\"reason\":\"case 8\"}");
        assertThat(accesses("hold-remove", "ann-lee"))
                .contains("{\"id\":\"" + hold.getString("id") + "\",\"reason\":\"settled\"}");
        assertThat(accesses("hold-list", "ann-lee")).contains("{\"all\":\"true\"}");
        String user = System.getProperty("user.name");
        assertThat(accesses("hold-add", user)).contains("{\"conversation\":\"held\",\"reason\":\"case 9\"}");
        assertThat(accesses("hold-list", user)).contains("\"filters\":{}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST|/audit/holds||no JSON object",
                "POST|/audit/holds|[]|no JSON object",
                "POST|/audit/holds|{\"bot\":\"b\"}|body: bot (expected",
                "POST|/audit/holds|{\"bot\":\"b\",\"conversation\":\"c\",\"reason\":\"r\"}|body: bot, conversation",
                "POST|/audit/holds|{\"bot\":7,\"reason\":\"r\"}|bot: no text",
                "POST|/audit/holds|{\"bot\":\"b\",\"reason\":\" \"}|reason: no text",
                "DELETE|/audit/holds/abc?reason=r||id: abc (expected: the id of a hold",
                "DELETE|/audit/holds/019a8e6e-5a01-7c1b-9d6f-0c9f0a2b8d11||reason: none (expected: why",
                "GET|/audit/holds?removed=true||removed (expected: all)"
            })
    void aWrongHold_isRefusedWithWhatWasExpected(String method, String path, @Nullable String body, String expected) {
        Raw.Reply refused = ask(method, path, auditor, body == null ? "" : body);

        assertThat(refused.status()).isEqualTo(400);
        assertThat(new JsonObject(refused.text()).getJsonObject("error").getString("message"))
                .contains(expected);
        assertThat(ask(method, path, operator, body == null ? "" : body).status())
                .isEqualTo(403);
    }

    @Test
    void beyondLoopback_noTokenMeansNoStart() {
        CommandRun refused = CommandRun.botgate(directory, Map.of("BOTGATE_ADMIN_HOST", "0.0.0.0"), "run");

        assertThat(refused.exit()).isEqualTo(3);
        assertThat(refused.err()).contains("admin.host 0.0.0.0 is beyond loopback", "botgate token NAME");
    }

    @Test
    void aTokensNameAndRole_areChecked() {
        assertThat(CommandRun.botgate(directory, Map.of(), "token", "Ann").exit())
                .isEqualTo(2);
        assertThat(CommandRun.botgate(directory, Map.of(), "token", "--role", "root", "ann")
                        .err())
                .contains("expected: auditor or operator");
    }

    /** Has the bot send to {@code conversation}, and tells the entry's id. */
    private String send(String conversation) {
        return closed(gateway.ask(Raw.request(
                "POST /v3/conversations/" + conversation + "/activities HTTP/1.1",
                List.of("Content-Type: application/json", "Connection: close", BOT),
                "{\"type\":\"message\",\"text\":\"hello\"}")));
    }

    /** The id of the entry that a reply belongs to, once that has its outcome. */
    @CanIgnoreReturnValue
    private String closed(Raw.Reply reply) {
        String id = reply.header("Botgate-Request-Id").orElseThrow();
        return gateway.closedEntry(id).intent().exchange().id().toString();
    }

    private int status(String target, CommandRun token) {
        return ask("GET", target, token, "").status();
    }

    private Raw.Reply ask(String method, String target, CommandRun token, String body) {
        String shown = token.out().lines().toList().get(1).strip();
        return Raw.exchange(
                gateway.adminAddress(),
                Raw.request(
                        method + " " + target + " HTTP/1.1",
                        List.of("Connection: close", "Authorization: Bearer " + shown),
                        body));
    }

    private String accesses(String action, String reader) {
        return audit("access", "--action", action, "--reader", reader, "--json").out();
    }

    private CommandRun audit(String... arguments) {
        return command(Map.of(), arguments);
    }

    private CommandRun command(Map<String, String> more, String... arguments) {
        Map<String, String> environment = new HashMap<>(more);
        environment.put("BOTGATE_DATABASE_URL", database.url().toString());
        environment.put("BOTGATE_DATABASE_USER", database.settings().user());
        String[] all = new String[arguments.length + 1];
        all[0] = "audit";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return CommandRun.botgate(directory, environment, all);
    }

    /** The variables that {@code token} printed. */
    private static Map<String, String> variables(CommandRun token) {
        Map<String, String> variables = new HashMap<>();
        token.out().lines().filter(line -> line.startsWith("BOTGATE_")).forEach(line -> {
            String[] parts = line.split("=", 2);
            variables.put(parts[0], parts[1]);
        });
        return variables;
    }
}
