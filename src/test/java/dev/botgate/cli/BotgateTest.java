package dev.botgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.config.ConfigurationReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class BotgateTest {
    @TempDir
    Path directory;

    @Test
    void everyCommand_hasHelpThatDocumentsTheExitCodes() {
        CommandLine botgate = Botgate.commandLine(new ConfigurationReader(Map.of(), directory));

        assertThat(run("--help").out()).contains(botgate.getSubcommands().keySet());
        for (String command : botgate.getSubcommands().keySet()) {
            CommandRun help = run(command, "--help");
            assertThat(help.exit()).isZero();
            assertThat(help.out())
                    .startsWith("Usage: botgate " + command)
                    .containsPattern("3 +the configuration has problems");
        }
    }

    @Test
    void version_worksUnpackaged() {
        CommandRun version = run("--version");

        assertThat(version.exit()).isZero();
        assertThat(version.out()).startsWith("botgate development (Java ");
    }

    @Test
    void wrongUsage_isReportedOnStandardError() {
        for (String[] wrong : new String[][] {
            {}, {"--nonsense"}, {"chekc-config", "x"}, {"check-config"}, {"check-config", "a", "b"}, {"service-url"}
        }) {
            CommandRun run = run(wrong);

            assertThat(run.exit()).as(run.toString()).isEqualTo(2);
            assertThat(run.out()).isEmpty();
            assertThat(run.err()).contains("botgate");
        }
        assertThat(run("chekc-config", "x").err()).contains("Did you mean: botgate check-config");
        assertThat(run("check-config").err()).contains("FILE").contains("botgate check-config --help");
    }

    @Test
    void checkConfig_saysOkOfTheShippedFile() {
        String shipped = Path.of("conf/botgate.yaml").toAbsolutePath().toString();

        assertThat(run("check-config", shipped)).isEqualTo(new CommandRun(0, line(shipped + ": ok"), ""));
    }

    @Test
    void checkConfig_printsEveryProblemWithItsPlace() {
        file("my.yaml", "server:\n  prot: 1\n  port: -1\n");

        CommandRun run = CommandRun.botgate(directory, Map.of("BOTGATE_X", ""), "check-config", "my.yaml");

        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.out())
                .contains(line("my.yaml:2:3: server.prot: no such setting; did you mean server.port?"))
                .contains(line("my.yaml:3:3: server.port: -1 (expected: 0 to 65535)"))
                .contains("BOTGATE_X: no such setting; did you mean BOTGATE_");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void checkConfig_ofAMissingFileIsAConfigurationProblem() {
        assertThat(run("check-config", "gone.yaml")).isEqualTo(new CommandRun(3, line("gone.yaml: no such file"), ""));
    }

    @Test
    void serviceUrl_printsTheAddressThatStandsForIt() {
        file("my.yaml", "server: { public-url: 'https://gate.example/bots/' }\n");

        assertThat(run("service-url", "--config", "my.yaml", "https://SMBA.trafficmanager.net/amer/"))
                .isEqualTo(new CommandRun(0, line("https://gate.example/bots/teams/amer/"), ""));
        assertThat(run("service-url", "https://smba.trafficmanager.net/amer"))
                .isEqualTo(new CommandRun(0, line("http://127.0.0.1:3980/teams/amer"), ""));
    }

    @Test
    void serviceUrl_ofNoConnectorNamesThoseThereAre() {
        CommandRun run = run("service-url", "https://smba.trafficmanager.net.evil/");

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .contains("https://smba.trafficmanager.net.evil/")
                .contains("teams https://smba.trafficmanager.net, teams-dod ");
    }

    @Test
    void serviceUrl_ofAnUnknownPortIsRefused() {
        CommandRun run = CommandRun.botgate(
                directory, Map.of("BOTGATE_SERVER_PORT", "0"), "service-url", "https://smba.trafficmanager.net/");

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err()).startsWith("server.public-url: ");
    }

    @Test
    void aCommandOnABadConfiguration_printsEveryProblemAndDoesNothing() {
        file("my.yaml", "server: { port: x }\nadmin: { port: y }\n");

        CommandRun run = run("service-url", "--config=my.yaml", "https://smba.trafficmanager.net/");

        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).hasLineCount(2).contains("my.yaml:1:11: server.port: x", "my.yaml:2:10: admin.port: y");
    }

    @Test
    void theUsualFile_isReadWhereNoneIsNamed() throws IOException {
        Files.createDirectory(directory.resolve("conf"));
        file("conf/botgate.yaml", "server: { host: '::', port: 80 }\n");

        assertThat(run("service-url", "https://smba.trafficmanager.net").out())
                .isEqualTo(line("http://[::1]:80/teams"));
    }

    private CommandRun run(String... arguments) {
        return CommandRun.botgate(directory, Map.of(), arguments);
    }

    private static String line(String text) {
        return text + System.lineSeparator();
    }

    private void file(String name, String text) {
        try {
            assertThat(Files.writeString(directory.resolve(name), text)).exists();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
