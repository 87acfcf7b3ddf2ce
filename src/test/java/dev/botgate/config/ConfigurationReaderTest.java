package dev.botgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.botgate.normalize.NormalizeSettings;
import dev.botgate.operation.Operation;
import dev.botgate.upstream.RetrySettings.OperationRetrySettings;
import dev.botgate.upstream.UpstreamSettings.ConnectorSettings;
import dev.botgate.upstream.UpstreamSettings.ForwardedPolicy;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationReaderTest {
    @TempDir
    Path directory;

    @Test
    void withoutFileAndEnvironment_theDefaultsHold() {
        ConfigurationReader.Loaded loaded = read(null, Map.of());

        assertThat(loaded.source()).isEqualTo("classpath:conf/botgate.yaml");
        assertThat(loaded.configuration().server().port()).isEqualTo(3980);
        assertThat(loaded.configuration().server().publicUrl()).isNull();
        assertThat(loaded.configuration().database().dataDirectory()).isEqualTo(Path.of("data/postgres"));
        assertThat(loaded.configuration().upstream().forwarded()).isEqualTo(ForwardedPolicy.REPLACE);
    }

    @Test
    void theShippedFile_passesAndEqualsTheDefaults() {
        Path shipped = Path.of("conf/botgate.yaml").toAbsolutePath();

        ConfigurationReader.Loaded loaded = read(shipped, Map.of());

        assertThat(loaded.source()).isEqualTo(shipped.toString());
        assertThat(loaded.configuration()).isEqualTo(read(null, Map.of()).configuration());
    }

    @Test
    void theShippedFile_hasEveryKeyOfEveryRecord() throws IOException {
        List<ConfigurationException.Problem> problems = new ArrayList<>();
        String text = Files.readString(Path.of("conf/botgate.yaml"));

        WrittenValue root = YamlText.parse("shipped", text, problems).orElseThrow();

        assertThat(problems).isEmpty();
        assertThat(missing(SettingShape.of(Configuration.class), root, "")).isEmpty();
    }

    @Test
    void everySetting_hasAVariableOfItsOwn() {
        List<String> paths =
                SettingNames.paths(SettingShape.of(Configuration.class), "").toList();

        assertThat(paths.stream().map(SettingNames::variable))
                .hasSizeGreaterThan(40)
                .doesNotHaveDuplicates();
    }

    @Test
    void aFile_changesWhatItNamesAndNothingElse() {
        Path file = file("server:\n  idle-timeout: 3m\nnormalize: { maximum-body-bytes: 1MiB }\n");

        Configuration read = read(file, Map.of()).configuration();

        assertThat(read.server().idleTimeout()).isEqualTo(Duration.ofMinutes(3));
        assertThat(read.server().port()).isEqualTo(3980);
        assertThat(read.normalize().maximumBodyBytes()).isEqualTo(1 << 20);
        assertThat(read.cache()).isEqualTo(read(null, Map.of()).configuration().cache());
    }

    @Test
    void connectors_mergeByNameAndNullTakesOneAway() {
        Path file = file("upstream:\n  connectors:\n    slack: null\n    mine: { url: 'http://localhost:1/x' }\n");

        Map<String, ConnectorSettings> connectors =
                read(file, Map.of()).configuration().upstream().connectors();

        assertThat(connectors)
                .containsEntry("mine", new ConnectorSettings(URI.create("http://localhost:1/x")))
                .containsKey("teams")
                .doesNotContainKey("slack");
    }

    @Test
    void attachmentsAndTranscripts_mayBeLargerThanOtherBodies() {
        NormalizeSettings packaged = read(null, Map.of()).configuration().normalize();
        NormalizeSettings changed = read(
                        file("normalize: { operations: { ReplyToActivity: { maximum-body-bytes: 1KiB } } }\n"),
                        Map.of("BOTGATE_NORMALIZE_OPERATIONS_UPLOADATTACHMENT_MAXIMUM_BODY_BYTES", "1MiB"))
                .configuration()
                .normalize();

        assertThat(packaged.maximumBodyBytes(Operation.UPLOAD_ATTACHMENT)).isEqualTo(16 << 20);
        assertThat(packaged.maximumBodyBytes(Operation.SEND_CONVERSATION_HISTORY))
                .isEqualTo(16 << 20);
        assertThat(packaged.maximumBodyBytes(Operation.SEND_TO_CONVERSATION)).isEqualTo(4 << 20);
        assertThat(packaged.maximumBodyBytesOfAll()).isEqualTo(16 << 20);
        assertThat(changed.maximumBodyBytes(Operation.UPLOAD_ATTACHMENT)).isEqualTo(1 << 20);
        assertThat(changed.maximumBodyBytes(Operation.REPLY_TO_ACTIVITY)).isEqualTo(1 << 10);
        assertThat(changed.maximumBodyBytes(Operation.SEND_CONVERSATION_HISTORY))
                .isEqualTo(16 << 20);
    }

    @Test
    void retries_differForTheOperationsThatAreNamed() {
        Path file = file("upstream: { retry: { operations: { SendToConversation: { retry-unsafe: true } } } }\n");

        Map<String, OperationRetrySettings> operations = read(
                        file, Map.of("BOTGATE_UPSTREAM_RETRY_OPERATIONS_UPDATEACTIVITY_MAXIMUM_ATTEMPTS", "7"))
                .configuration()
                .upstream()
                .retry()
                .operations();

        assertThat(operations)
                .containsEntry("SendToConversation", new OperationRetrySettings(null, null, null, null, true))
                .containsEntry("updateactivity", new OperationRetrySettings(7, null, null, null, null));
    }

    @Test
    void theEnvironment_winsOverTheFile() {
        Path file = file("server: { port: 1111 }\nupstream: { first-byte-timeout: 1s }\n");

        Configuration read = read(
                        file,
                        Map.of(
                                "BOTGATE_SERVER_PORT", "2222",
                                "BOTGATE_UPSTREAM_FIRST_BYTE_TIMEOUT", "7s",
                                "BOTGATE_DATABASE_PASSWORD", "'a: b #c",
                                "BOTGATE_SERVER_PUBLIC_URL", "",
                                "BOTGATE_UPSTREAM_CONNECTORS_MY_BOT_URL", "https://bot.example",
                                "PATH", "/bin"))
                .configuration();

        assertThat(read.server().port()).isEqualTo(2222);
        assertThat(read.upstream().firstByteTimeout()).isEqualTo(Duration.ofSeconds(7));
        assertThat(read.database().password()).isEqualTo("'a: b #c");
        assertThat(read.server().publicUrl()).isNull();
        assertThat(read.upstream().connectors()).containsKey("my-bot");
    }

    @Test
    void variablesOfAKubernetesServiceCalledBotgate_areIgnored() {
        Configuration read = read(
                        null,
                        Map.of(
                                "BOTGATE_SERVICE_HOST", "10.0.0.1",
                                "BOTGATE_SERVICE_PORT_HTTP", "80",
                                "BOTGATE_PORT", "tcp://10.0.0.1:80",
                                "BOTGATE_PORT_80_TCP_ADDR", "10.0.0.1",
                                "BOTGATE_ADMIN_PORT", "tcp://10.0.0.2:81"))
                .configuration();

        assertThat(read.admin().port()).isEqualTo(3981);
    }

    @Test
    void anUnknownVariable_isRefusedWithTheNearest() {
        assertThat(problems(null, Map.of("BOTGATE_SERVER_PROT", "1")))
                .containsExactly("BOTGATE_SERVER_PROT: no such setting; did you mean BOTGATE_SERVER_PORT?");
    }

    @Test
    void aBadVariable_isNamed() {
        assertThat(problems(null, Map.of("BOTGATE_SERVER_PORT", "70000", "BOTGATE_AUDIT_COMMIT_TIMEOUT", "5")))
                .containsExactly(
                        "BOTGATE_SERVER_PORT: server.port: 70000 (expected: 0 to 65535)",
                        "BOTGATE_AUDIT_COMMIT_TIMEOUT: audit.commit-timeout: 5 (expected: a duration, such as 500ms, 5s, 2m,"
                                + " 1h, 1d or PT5S)");
    }

    @Test
    void everyProblem_isReportedWithItsPlace() {
        Path file = file(
                """
                server:
                  prot: 1
                  port: 70000
                  idle-timeout: 0s
                  event-loops: many
                admin: 5
                upstream:
                  maximum-connections: 0
                  forwarded: Sometimes
                  connectors:
                    V3: { url: "https://x.example" }
                    mine: { url: "ftp://x.example" }
                    other: {}
                maximum-depth: 3
                audit:
                  maximum-batch: 5
                  maximum-batch: 6
                  attachment-bytes: [yes]
                """);

        String f = file.toString();
        assertThat(problems(file, Map.of()))
                .containsExactlyInAnyOrder(
                        f + ":2:3: server.prot: no such setting; did you mean server.port?",
                        f + ":3:3: server.port: 70000 (expected: 0 to 65535)",
                        f + ":4:3: server.idle-timeout: 0s (expected: a duration above zero, such as 500ms or 30s)",
                        f + ":5:3: server.event-loops: many (expected: a whole number)",
                        f + ":6:1: admin: 5 (expected: a map of host, port, authentication)",
                        f + ":8:3: upstream.maximum-connections: 0 (expected: >= 1)",
                        f + ":9:3: upstream.forwarded: Sometimes (expected: one of replace, append, remove)",
                        f
                                + ":11:5: upstream.connectors: V3 (expected: a name of small letters, digits and hyphens that is"
                                + " no API version such as v3)",
                        f
                                + ":12:13: upstream.connectors.mine.url: ftp://x.example (expected: an absolute http or https URL"
                                + " without query, fragment and user, such as https://smba.trafficmanager.net)",
                        f + ":13:5: upstream.connectors.other.url: missing (expected: a URL)",
                        f + ":14:1: maximum-depth: no such setting; did you mean normalize.maximum-depth?",
                        f + ":17:3: maximum-batch: already set at line 16",
                        f + ":18:3: audit.attachment-bytes: a list (expected: true or false)");
    }

    @Test
    void aDefaultThatTheFileMakesWrong_isReportedInTheFile() {
        Path file = file("upstream:\n  connectors: { teams: null }\n  maximum-connections: 0\n");

        assertThat(problems(file, Map.of()))
                .anyMatch(p ->
                        p.startsWith(file + ":1:1: upstream.default-connector: teams (expected: one of botframework,"))
                .contains(file + ":3:3: upstream.maximum-connections: 0 (expected: >= 1)")
                .hasSize(2);
    }

    @Test
    void secrets_areNeverPrinted() {
        Path file = file("database:\n  password: [hunter2]\n  url: 'postgresql://me:hunter2@ h'\n");

        assertThat(problems(file, Map.of())).hasSize(2).noneMatch(p -> p.contains("hunter2"));
        assertThat(problems(file("database:\n  password: *hunter2\n"), Map.of()))
                .singleElement(InstanceOfAssertFactories.STRING)
                .contains(":2:13: not YAML")
                .doesNotContain("hunter2");
        assertThat(problems(null, Map.of("BOTGATE_DATABASE_URL", "postgresql://me:hunter2@h/d")))
                .singleElement(InstanceOfAssertFactories.STRING)
                .doesNotContain("hunter2");
    }

    @Test
    void aPublicUrlThatIsNoBase_isAProblem() {
        for (String url :
                List.of("//gate.example", "gate.example", "https://gate.example?x", "https://me@gate.example")) {
            assertThat(problems(null, Map.of("BOTGATE_SERVER_PUBLIC_URL", url)))
                    .singleElement(InstanceOfAssertFactories.STRING)
                    .startsWith("BOTGATE_SERVER_PUBLIC_URL: server.public-url: ")
                    .contains("expected: an absolute http or https URL");
        }
    }

    @Test
    void aMissingNamedFile_isAProblem() {
        assertThat(problems(Path.of("nowhere.yaml"), Map.of())).containsExactly("nowhere.yaml: no such file");
    }

    @Test
    void aFileThatIsNotYaml_isAProblemWithItsLine() {
        Path file = file("server:\n  port: [1\nadmin: 3\n");

        assertThat(problems(file, Map.of())).containsExactly(file + ":3:6: not YAML: expected ',' or ']', but got :");
    }

    @Test
    void aFileThatIsNotAMapInUtf8_isAProblem() throws IOException {
        Path latin = Files.write(directory.resolve("latin.yaml"), new byte[] {'#', (byte) 0xe4});

        assertThat(problems(latin, Map.of())).containsExactly(latin + ": not UTF-8");
        assertThat(problems(directory, Map.of())).singleElement().asString().startsWith(directory + ": cannot be read");
        assertThat(problems(file("a: \u0001"), Map.of()))
                .singleElement()
                .asString()
                .contains(".yaml:1:4: a character");
        assertThat(problems(file("- a"), Map.of()))
                .singleElement()
                .asString()
                .endsWith("a list (expected: a map of settings)");
    }

    @Test
    void emptyFilesEmptyGroupsAndAByteOrderMark_changeNothing() {
        Configuration defaults = read(null, Map.of()).configuration();

        assertThat(read(file(""), Map.of()).configuration()).isEqualTo(defaults);
        assertThat(read(file("server:\nupstream:\n#  idle-timeout: 1s\n"), Map.of())
                        .configuration())
                .isEqualTo(defaults);
        assertThat(read(file("\ufeffserver: {}\n"), Map.of()).configuration()).isEqualTo(defaults);
    }

    @Test
    void withoutANamedFile_theUsualOneIsRead() throws IOException {
        Files.createDirectories(directory.resolve("conf"));
        Files.writeString(directory.resolve("conf/botgate.yaml"), "server: { port: 4444 }\n");

        ConfigurationReader.Loaded loaded = read(null, Map.of());

        assertThat(loaded.source()).isEqualTo("conf/botgate.yaml");
        assertThat(loaded.configuration().server().port()).isEqualTo(4444);
    }

    private ConfigurationReader.Loaded read(@Nullable Path file, Map<String, String> environment) {
        return new ConfigurationReader(environment, directory).read(file);
    }

    private List<String> problems(@Nullable Path file, Map<String, String> environment) {
        ConfigurationException e = catchThrowableOfType(ConfigurationException.class, () -> read(file, environment));
        return e == null ? List.of() : e.problems();
    }

    private Path file(String text) {
        try {
            Path file = Files.createTempFile(directory, "botgate", ".yaml");
            return Files.write(file, text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> missing(SettingShape shape, WrittenValue value, String path) {
        if (!(shape instanceof SettingShape.Group group)) {
            return List.of();
        }
        Map<String, WrittenValue> entries = ((WrittenValue.Entries) value).entries();
        return group.keys().stream()
                .flatMap(key -> {
                    WrittenValue below = entries.get(key.name());
                    String name = SettingNames.below(path, key.name());
                    return below == null ? List.of(name).stream() : missing(key.shape(), below, name).stream();
                })
                .toList();
    }
}
