package dev.botgate.cli;

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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a bot sent, as commands and the operator's listener tell of it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(TestPostgres.class)
class RecordsThroughGatewayTest {
    /** Set, it keeps commands from putting their logging in the place of the tests'. */
    private static final String LOGGING = "logback.configurationFile";

    private final TestDatabase database;
    private final GatewayFixture gateway;

    @TempDir
    Path directory;

    RecordsThroughGatewayTest(TestDatabase database) {
        this.database = database;
        this.gateway = GatewayFixture.on(database).start();
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
    void entriesAreFoundByTheirRecipient() throws IOException {
        String json = send("application/json", "{\"type\":\"message\",\"recipient\":{\"id\":\"29:ann\"}}");
        String xml = send(
                "application/xml", "<Activity><type>message</type><recipient><id>29:ann</id></recipient></Activity>");
        send("application/json", "{\"type\":\"message\",\"recipient\":{\"id\":\"29:ben\"}}");

        assertThat(audit("list", "--json", "--recipient", "29:ann")
                        .out()
                        .lines()
                        .map(RecordsThroughGatewayTest::id))
                .containsExactly(xml, json);
        Path file = directory.resolve("ann.ndjson");
        assertThat(audit("export", "--recipient", "29:ann", "-o", file.toString())
                        .exit())
                .isZero();
        assertThat(Files.readString(file).lines().map(RecordsThroughGatewayTest::id))
                .containsExactly(json, xml);
        assertThat(new JsonObject(gateway.operator("/audit/entries?recipient=29:ann")
                                .text())
                        .getJsonArray("entries").stream().map(entry -> ((JsonObject) entry).getString("id")))
                .containsExactly(xml, json);
        assertThat(gateway.operator("/audit/export?recipient=29:ann")
                        .text()
                        .lines()
                        .map(JsonObject::new))
                .extracting(line -> line.getString("recipient"))
                .containsExactly("29:ann", "29:ann");
        assertThat(audit("access", "--json").out()).contains("\"filters\":{\"recipient\":\"29:ann\"}");
    }

    @Test
    void csvForASpreadsheet_hasAMark_andTheTextInItsColumn() throws IOException {
        String body = "{\"type\":\"message\",\"text\":\"=HYPERLINK(1)\",\"recipient\":{\"id\":\"29:csv\"}}";
        send("application/json", body);
        Path file = directory.resolve("marked.csv");

        CommandRun exported =
                audit("export", "--recipient", "29:csv", "--format", "csv", "--bom", "--body", "-o", file.toString());
        String over = gateway.operator("/audit/export?recipient=29:csv&format=csv&bom=true&body=true")
                .text();

        assertThat(exported.exit()).isZero();
        assertThat(Files.readString(file)).startsWith("\ufeffid,at,state,").contains(",29:csv,,'=HYPERLINK(1),");
        assertThat(over).isEqualTo(Files.readString(file));
        assertThat(audit("export", "--bom").err()).contains("--bom: true (expected: with format csv)");
        assertThat(gateway.operator("/audit/export?bom=true").status()).isEqualTo(400);
    }

    @Test
    void aBodyThatSomebodyChanged_isShownWithAWarning() {
        String untouched = send("application/json", "{\"type\":\"message\",\"text\":\"untouched\"}");
        String changed = send("application/json", "{\"type\":\"message\",\"text\":\"changed\"}");
        database.execute("SET session_replication_role = replica; UPDATE botgate.intent SET body ="
                + " convert_to(replace(convert_from(body, 'UTF8'), 'changed', 'forged!'), 'UTF8') WHERE id = '"
                + changed
                + "'");

        CommandRun shown = audit("show", untouched);
        CommandRun forged = audit("show", changed);
        JsonObject overHttp =
                new JsonObject(gateway.operator("/audit/entries/" + untouched).text());
        JsonObject forgedOverHttp =
                new JsonObject(gateway.operator("/audit/entries/" + changed).text());

        assertThat(shown.exit()).isZero();
        assertThat(shown.err()).isEmpty();
        assertThat(overHttp.getJsonObject("body").getString("digestCheck")).isEqualTo("matches");
        assertThat(overHttp.containsKey("warning")).isFalse();
        assertThat(forged.exit()).isEqualTo(4);
        assertThat(forged.out()).contains("forged!").contains("\"digestCheck\" : \"differs\"");
        assertThat(forged.err()).startsWith("WARNING: The recorded body does not match its recorded digest");
        assertThat(forgedOverHttp.getJsonObject("body").getString("digestCheck"))
                .isEqualTo("differs");
        assertThat(forgedOverHttp.getString("warning")).contains("changed after it was written, or is damaged");
    }

    /** Has a bot send {@code body}, and tells the entry's id. */
    @CanIgnoreReturnValue
    private String send(String mediaType, String body) {
        String id = gateway.ask(Raw.request(
                        "POST /v3/conversations/c/activities HTTP/1.1",
                        List.of("Content-Type: " + mediaType, "Connection: close"),
                        body))
                .header("Botgate-Request-Id")
                .orElseThrow();
        return gateway.closedEntry(id).intent().exchange().id().toString();
    }

    private static String id(String line) {
        return new JsonObject(line).getString("id");
    }

    private CommandRun audit(String... arguments) {
        Map<String, String> environment = new HashMap<>();
        environment.put("BOTGATE_DATABASE_URL", database.url().toString());
        environment.put("BOTGATE_DATABASE_USER", database.settings().user());
        String[] all = new String[arguments.length + 1];
        all[0] = "audit";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return CommandRun.botgate(directory, environment, all);
    }
}
