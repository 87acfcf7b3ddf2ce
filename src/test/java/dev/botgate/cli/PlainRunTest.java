package dev.botgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.config.ConfigurationReader;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.ParseResult;

class PlainRunTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "run",
                "run --sandbox",
                "run --config my.yaml",
                "run -c my.yaml",
                "run --config=conf/my.yaml",
                "run --sandbox --config /etc/botgate.yaml",
                "run -c ../x=y.yaml --sandbox",
            })
    void whatIsPlain_meansTheSameToPicocli(String line) {
        String[] arguments = line.split(" ", -1);
        ParseResult parsed = Botgate.commandLine(new ConfigurationReader(Map.of(), Path.of("")))
                .parseArgs(arguments)
                .subcommand();

        assertThat(parsed.commandSpec().name()).isEqualTo("run");
        assertThat(PlainRun.of(arguments))
                .contains(new PlainRun(
                        parsed.matchedOptionValue("--config", null), parsed.hasMatchedOption("--sandbox")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--version",
                "check-config my.yaml",
                "run --help",
                "run --config",
                "run --config ",
                "run --config=",
                "run --config --sandbox",
                "run --config @file",
                "run --config \"my.yaml\"",
                "run --sandbox --sandbox",
                "run -c a -c b",
                "run --sandbox=false",
                "run -cmy.yaml",
                "run my.yaml",
                "run @file",
                "run --",
            })
    void allElse_isForPicocli(String line) {
        assertThat(PlainRun.of(line.split(" ", -1))).isEmpty();
    }
}
