package dev.botgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.gateway.GatewayFixture;
import dev.botgate.testing.Raw;
import dev.botgate.testing.Script;
import dev.botgate.testing.ScriptedUpstream;
import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A bot's secret goes to the connector, its record holds what stands for it, and an auditor who has the key finds it. */
@ExtendWith(TestPostgres.class)
class RedactionThroughGatewayTest {
    private static final String SECRET = "my pin is 1234 \u00e4";
    private static final String JSON = "{\"type\":\"message\",\"text\":\"my pin is 1234 \\u00E4\",\"attachments\":["
            + "{\"content\":{\"n\":1.50}}],\"locale\":\"en\"}";

    @TempDir
    private Path directory;

    private final TestDatabase database;
    private final Map<String, String> settings = new HashMap<>();
    private final String requestId = UUID.randomUUID().toString();
    private ScriptedUpstream upstream;

    RedactionThroughGatewayTest(TestDatabase database) {
        this.database = database;
    }

    @BeforeEach
    void start() throws IOException {
        upstream = ScriptedUpstream.start(Script.reply(200, "{\"id\":\"1\"}"));
        Path keys = Files.writeString(
                directory.resolve("keys.txt"), "# in use\nv2: " + "Mm".repeat(24) + "\nv1: " + "MW".repeat(24) + "\n");
        settings.put("AUDIT_REDACT_OPERATIONS_SENDTOCONVERSATION", "[/text, /attachments/*/content]");
        settings.put("AUDIT_REDACTION_KEYS_FILE", keys.toString());
        settings.put("AUDIT_REDACTION_KEYS_CURRENT", "v2");
        settings.put("AUDIT_JOURNAL_DIRECTORY", directory.resolve("journal").toString());
    }

    @AfterEach
    void stop() {
        upstream.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"refuse", "journal"})
    void aRedactedValue_isForwarded_andFoundWithTheKey(String onOutage) throws IOException {
        settings.put("AUDIT_ON_OUTAGE", onOutage);
        try (GatewayFixture gateway = gateway()) {
            assertThat(send(gateway, "application/json", JSON)).isEqualTo(200);
            assertThat(gateway.closedEntry(requestId).outcome()).isNotNull();
        }

        assertThat(upstream.requests()).singleElement().satisfies(received -> assertThat(received.body())
                .isEqualTo(JSON));
        String listed =
                botgate("audit", "list", "--json", "--request-id", requestId).out();
        String text = botgate("audit", "redacted-value", SECRET)
                .out()
                .lines()
                .findFirst()
                .orElseThrow();
        String number = botgate("audit", "redacted-value", "--json", "1.5")
                .out()
                .lines()
                .findFirst()
                .orElseThrow();
        assertThat(text).matches("hmac-sha256:v2:[0-9a-f]{64}");
        assertThat(listed)
                .contains("\\\"text\\\":\\\"" + text + "\\\"")
                .contains("\\\"content\\\":{\\\"n\\\":\\\"" + number + "\\\"}")
                .contains("\"form\":\"redacted\"")
                .contains("\\\"locale\\\":\\\"en\\\"")
                .doesNotContain("1234");
        assertNothingStoredTells("1234");
    }

    @Test
    void aBodyInXml_isRedactedAsTheJsonThatItBecomes() {
        try (GatewayFixture gateway = gateway()) {
            assertThat(send(
                            gateway,
                            "application/xml",
                            "<Activity><type>message</type><text>my pin is 1234 &#228;</text></Activity>"))
                    .isEqualTo(200);

            assertThat(upstream.requests().get(0).body()).contains("my pin is 1234 ");
            assertThat(String.valueOf(
                            gateway.closedEntry(requestId).intent().body().bytes()))
                    .contains("\"text\":\""
                            + botgate("audit", "redacted-value", SECRET)
                                    .out()
                                    .lines()
                                    .findFirst()
                                    .orElseThrow())
                    .doesNotContain("1234");
        }
    }

    @Test
    void anUnrecordedOperation_isForwarded_andHealthNamesIt() {
        settings.put("AUDIT_LEVELS_OPERATIONS_SENDTOCONVERSATION", "none");
        settings.put("AUDIT_LEVELS_OPERATIONS_OTHER", "none");
        try (GatewayFixture gateway = gateway()) {
            assertThat(send(gateway, "application/json", JSON)).isEqualTo(200);
            assertThat(gateway.ask(Raw.request("DELETE /v3/teams/t HTTP/1.1", List.of(), ""))
                            .status())
                    .isEqualTo(200);
            assertThat(gateway.ask(Raw.request("DELETE /v3/conversations/c/activities/a HTTP/1.1", List.of(), ""))
                            .status())
                    .isEqualTo(200);
            Raw.Reply ready = gateway.operator("/health/ready");

            assertThat(ready.status()).isEqualTo(200);
            assertThat(ready.text()).contains("\"note\":\"not recorded: SendToConversation, other\"");
        }

        assertThat(upstream.requests()).hasSize(3);
        assertThat(database.rows("SELECT operation FROM botgate.intent")).containsOnly("DeleteActivity");
        assertNothingStoredTells("1234");
    }

    @Test
    void withoutItsKeys_theGatewayDoesNotStart() {
        settings.put("AUDIT_REDACTION_KEYS_CURRENT", "v3");

        CommandRun run = botgate("run");

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err()).contains("audit.redaction-keys.current: v3 (expected: the version of a key: v1, v2)");
    }

    private GatewayFixture gateway() {
        database.execute("DROP SCHEMA IF EXISTS botgate CASCADE");
        GatewayFixture.Plan plan = GatewayFixture.on(database).connector("scripted", upstream.url());
        settings.forEach(plan::set);
        return plan.start();
    }

    private int send(GatewayFixture gateway, String mediaType, String body) {
        return gateway.ask(Raw.request(
                        "POST /v3/conversations/c/activities HTTP/1.1",
                        List.of("Content-Type: " + mediaType, "x-ms-client-request-id: " + requestId),
                        body))
                .status();
    }

    private CommandRun botgate(String... arguments) {
        Map<String, String> environment = new HashMap<>();
        settings.forEach((name, value) -> environment.put("BOTGATE_" + name, value));
        environment.put("BOTGATE_DATABASE_URL", database.url().toString());
        return CommandRun.botgate(directory, environment, arguments);
    }

    private void assertNothingStoredTells(String secret) {
        String body = "concat(row_to_json(t), encode(coalesce(t.body, ''), 'escape'))";
        assertThat(database.rows("SELECT " + body + " FROM botgate.intent t")).noneMatch(row -> row.contains(secret));
        for (String table : List.of("attempt", "outcome", "late_outcome")) {
            assertThat(database.rows("SELECT row_to_json(t)::text FROM botgate." + table + " t"))
                    .noneMatch(row -> row.contains(secret));
        }
    }
}
