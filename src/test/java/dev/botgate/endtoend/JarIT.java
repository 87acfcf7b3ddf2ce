package dev.botgate.endtoend;

import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.testing.Ports;
import dev.botgate.testing.Raw;
import dev.botgate.testing.TestProcesses;
import dev.botgate.testing.TestProcesses.TestProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a newcomer and an operator do with the jar, in an empty directory. */
class JarIT {
    private static final String STARTED = "bots talk to";

    @RegisterExtension
    final TestProcesses children = new TestProcesses();

    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void chooseFreePorts() {
        environment.put("BOTGATE_SERVER_PORT", Integer.toString(Ports.free()));
        environment.put("BOTGATE_ADMIN_PORT", Integer.toString(Ports.free()));
        environment.put("BOTGATE_SANDBOX_PORT", Integer.toString(Ports.free()));
    }

    @Test
    void theFirstMinute_ofANewcomer() {
        TestProcess gateway = botgate("run", "--sandbox");
        String curl = gateway.awaitLine("  curl ").strip();

        Raw.Reply reply = paste(curl);

        assertThat(reply.status()).isEqualTo(201);
        assertThat(gateway.output())
                .containsSubsequence(
                        "Unpacking PostgreSQL",
                        "Unpacked PostgreSQL",
                        "Creating the database",
                        "Created the database",
                        "Applied migration",
                        STARTED);
        assertThat(operator("/health/ready").status()).isEqualTo(200);
        String id = reply.header("Botgate-Request-Id").orElseThrow();
        until(() -> operator("/audit/entries?outcome=succeeded").text().contains(id));

        TestProcess whileRunning = botgate("audit", "list");
        assertThat(whileRunning.exitCode()).as(whileRunning.output()).isZero();
        assertThat(whileRunning.output()).contains("SendToConversation").contains("demo");

        gateway.terminate();
        assertThat(gateway.exitCode()).isEqualTo(143);
        assertThat(postmasters()).isEmpty();

        TestProcess afterwards = botgate("audit", "list", "--json", "--conversation", "demo");
        assertThat(afterwards.exitCode()).as(afterwards.output()).isZero();
        assertThat(afterwards.output()).contains(id).contains("hello").contains("\"state\":\"succeeded\"");
        assertThat(postmasters()).isEmpty();
    }

    @Test
    void whenToldToStop_itFinishesWhatRuns_andFlushesTheTrail() {
        children.linkServer();
        TestProcess gateway = botgate("run", "--sandbox");
        String line = gateway.awaitLine(STARTED);
        URI sandbox = URI.create("http://127.0.0.1:" + environment.get("BOTGATE_SANDBOX_PORT"));
        assertThat(Raw.exchange(
                                sandbox,
                                Raw.request(
                                        "POST /sandbox/faults HTTP/1.1",
                                        List.of("Content-Type: application/json"),
                                        "{\"fault\":\"delay\",\"milliseconds\":1500}"))
                        .status())
                .as(line)
                .isEqualTo(201);
        try (Raw bot = Raw.connect(address())) {
            var unused = bot.send(Raw.request(
                    "POST /v3/conversations/slow/activities HTTP/1.1",
                    List.of("Content-Type: application/json"),
                    "{\"type\":\"message\"}"));
            until(() -> Raw.exchange(sandbox, Raw.request("GET /sandbox/requests HTTP/1.1", List.of(), ""))
                    .text()
                    .contains("slow"));

            gateway.terminate();

            assertThat(bot.reply().status()).isEqualTo(201);
        }
        assertThat(gateway.exitCode()).as(gateway.output()).isEqualTo(143);
        assertThat(gateway.output()).doesNotContain("did not close cleanly").doesNotContain("Exception");
        assertThat(postmasters()).isEmpty();
        TestProcess listed = botgate("audit", "list", "--json", "--outcome", "succeeded");
        assertThat(listed.exitCode()).isZero();
        assertThat(listed.output()).contains("\"slow\"");
    }

    @Test
    void whenToldToStopWhileItStarts_nothingIsLeftBehind() {
        children.linkServer();
        TestProcess gateway = botgate("run", "--sandbox");
        assertThat(gateway.awaitLine("PostgreSQL started")).isNotEmpty();

        gateway.terminate();

        assertThat(gateway.exitCode()).as(gateway.output()).isEqualTo(143);
        assertThat(gateway.output()).contains("PostgreSQL stopped");
        assertThat(postmasters()).isEmpty();
    }

    @Test
    void whenKilled_theNextStartTakesOver_andNothingIsLost() {
        children.linkServer();
        TestProcess killed = botgate("run", "--sandbox");
        String curl = killed.awaitLine("  curl ").strip();
        String first = paste(curl).header("Botgate-Request-Id").orElseThrow();
        killed.kill();
        assertThat(postmasters()).hasSize(1);

        TestProcess next = botgate("run", "--sandbox");
        String again = next.awaitLine("  curl ").strip();
        String second = paste(again).header("Botgate-Request-Id").orElseThrow();

        assertThat(postmasters()).hasSize(1);
        until(() -> operator("/audit/entries").text().contains(second));
        assertThat(operator("/audit/entries").text()).contains(first);
    }

    @Test
    void whenItsDatabaseIsKilled_theGatewayStartsItAgain_andGoesOn() {
        children.linkServer();
        TestProcess gateway = botgate("run", "--sandbox");
        String curl = gateway.awaitLine("  curl ").strip();

        assertThat(postmasters()).hasSize(1).allMatch(ProcessHandle::destroyForcibly);

        assertThat(gateway.awaitLine("PostgreSQL runs again")).isNotEmpty();
        until(() -> paste(curl).status() == 201);
        assertThat(postmasters()).hasSize(1);
    }

    @Test
    void aSecondGateway_onTheSameData_isRefused() {
        children.linkServer();
        TestProcess first = botgate("run", "--sandbox");
        assertThat(first.awaitLine(STARTED)).isNotEmpty();

        Map<String, String> ofFirst = Map.copyOf(environment);
        chooseFreePorts();
        TestProcess second = botgate("run", "--sandbox");

        assertThat(second.exitCode()).isEqualTo(1);
        assertThat(second.output()).contains("botgate: ", "is in use by another gateway");
        environment.putAll(ofFirst);
        assertThat(operator("/health/ready").status()).isEqualTo(200);
    }

    @Test
    void aBrokenConfiguration_isListedWhole_andRefusedByRun() throws IOException {
        Path file = children.directory().resolve("broken.yaml");
        assertThat(Files.writeString(file, "server:\n  prot: 1\ncache:\n  maximum-bytes: x\nnonsense: 1\n"))
                .exists();

        TestProcess check = botgate("check-config", "broken.yaml");
        assertThat(check.exitCode()).isEqualTo(3);
        assertThat(check.output())
                .contains("broken.yaml:2:3: server.prot: no such setting; did you mean server.port?")
                .contains("broken.yaml:4:3: cache.maximum-bytes: x (expected: ")
                .contains("broken.yaml:5:1: nonsense");

        TestProcess run = botgate("run", "--config", "broken.yaml");
        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.output()).isEqualTo(check.output());

        TestProcess missing = botgate("run", "--config", "missing.yaml");
        assertThat(missing.exitCode()).isEqualTo(3);
        assertThat(missing.output()).contains("missing.yaml: no such file");
    }

    @Test
    void theSmallCommands_doWhatTheySay() {
        TestProcess version = botgate("--version");
        assertThat(version.exitCode()).isZero();
        assertThat(version.output()).matches("botgate \\d+\\.\\d+.* \\(Java .*\\)");

        for (List<String> command : List.of(
                List.<String>of(),
                List.of("run"),
                List.of("sandbox"),
                List.of("check-config"),
                List.of("migrate"),
                List.of("audit"),
                List.of("audit", "list"),
                List.of("service-url"))) {
            TestProcess help =
                    botgate(Stream.concat(command.stream(), Stream.of("--help")).toArray(String[]::new));
            assertThat(help.exitCode()).as(command.toString()).isZero();
            assertThat(help.output())
                    .startsWith(String.join(" ", "Usage: botgate", String.join(" ", command))
                            .strip());
        }

        TestProcess serviceUrl = botgate("service-url", "https://smba.trafficmanager.net/emea/");
        assertThat(serviceUrl.exitCode()).isZero();
        assertThat(serviceUrl.output()).isEqualTo(address() + "/teams/emea/");
    }

    @Test
    void migrate_appliesEachMigrationOnce() {
        children.linkServer();
        TestProcess first = botgate("migrate");
        assertThat(first.exitCode()).as(first.output()).isZero();
        assertThat(first.output()).contains("Applied ");

        TestProcess second = botgate("migrate");
        assertThat(second.exitCode()).isZero();
        assertThat(second.output()).contains("Nothing to apply");
        assertThat(postmasters()).isEmpty();
    }

    @Test
    void theSandbox_runsAlone() {
        TestProcess sandbox = botgate("sandbox");
        String url = sandbox.awaitLine("listens on").replaceAll(".*listens on ", "");

        Raw.Reply reply = Raw.exchange(
                URI.create(url),
                Raw.request(
                        "POST /v3/conversations/c/activities HTTP/1.1",
                        List.of("Content-Type: application/json"),
                        "{\"type\":\"message\"}"));

        assertThat(reply.status()).isEqualTo(201);
        sandbox.terminate();
        assertThat(sandbox.exitCode()).isEqualTo(143);
        assertThat(children.directory().resolve("data")).doesNotExist();
    }

    private TestProcess botgate(String... arguments) {
        return children.botgate(List.of(), environment, arguments);
    }

    private URI address() {
        return URI.create("http://127.0.0.1:" + environment.get("BOTGATE_SERVER_PORT"));
    }

    private Raw.Reply operator(String target) {
        return Raw.exchange(
                URI.create("http://127.0.0.1:" + environment.get("BOTGATE_ADMIN_PORT")),
                Raw.request("GET " + target + " HTTP/1.1", List.of("Host: localhost"), ""));
    }

    /** Does what the printed line does in a shell. */
    private static Raw.Reply paste(String curl) {
        Matcher parts = Pattern.compile("curl -i (http://[^/]+)(\\S+) -H '([^']+)' -d '([^']+)'")
                .matcher(curl);
        assertThat(parts.matches()).as(curl).isTrue();
        return Raw.exchange(
                URI.create(parts.group(1)),
                Raw.request("POST " + parts.group(2) + " HTTP/1.1", List.of(parts.group(3)), parts.group(4)));
    }

    /** The living servers of the databases in the directory. */
    private List<ProcessHandle> postmasters() {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().arguments().map(List::of).orElse(List.of()).stream()
                        .anyMatch(argument -> argument.startsWith(
                                children.directory().toAbsolutePath().toString())))
                .filter(JarIT::isPostgres)
                // A child that was just forked still looks like its parent.
                .filter(process -> process.parent().filter(JarIT::isPostgres).isEmpty())
                .toList();
    }

    private static boolean isPostgres(ProcessHandle process) {
        return process.info().command().orElse("").endsWith("/postgres");
    }
}
