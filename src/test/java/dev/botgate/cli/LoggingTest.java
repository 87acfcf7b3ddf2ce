package dev.botgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.botgate.config.LoggingSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** What a JVM of its own, with a pipe for its standard output, writes there. */
class LoggingTest {
    @Test
    void whenOutputIsNoTerminal_aLineIsJsonWithTheKeysAsFields() throws Exception {
        JsonNode line = new ObjectMapper()
                .readTree(log(LoggingSettings.Format.AUTO, Level.INFO).get(0));

        assertThat(line.path("message").asText()).isEqualTo("It happened");
        assertThat(line.path("level").asText()).isEqualTo("INFO");
        assertThat(line.path("logger").asText()).isEqualTo(LoggingTest.class.getName());
        assertThat(line.path("requestId").asText()).isEqualTo("r-1");
        assertThat(line.path("status").isInt()).isTrue();
        assertThat(line.path("status").asInt()).isEqualTo(200);
        assertThat(line.path("url").asText()).isEqualTo("http://127.0.0.1/");
        assertThat(line.has("nothing")).isFalse();
        assertThat(line.path("durable").isBoolean()).isTrue();
        assertThat(line.path("file").asText()).isEqualTo("data/server.log");
        assertThat(line.path("month").asText()).isEqualTo("2026-11");
        assertThat(line.path("token").asText()).isEqualTo("withheld");
        assertThat(line.path("thread").asText()).isEqualTo("main");
        assertThat(OffsetDateTime.parse(line.path("time").asText()).getYear()).isGreaterThan(2000);
        assertThat(line.has("level_value") || line.has("@version")).isFalse();
    }

    @Test
    void whenAnExceptionIsLogged_itsTraceStaysInTheLine() throws Exception {
        List<String> lines = log(LoggingSettings.Format.JSON, Level.INFO);

        assertThat(lines).allSatisfy(line -> assertThat(line).startsWith("{").endsWith("}"));
        assertThat(new ObjectMapper().readTree(lines.get(1)).path("stack_trace").asText())
                .contains("IllegalStateException: broken")
                .contains("LoggingTest");
    }

    @Test
    void whenTextIsAsked_aLineReadsWell() throws Exception {
        List<String> lines = log(LoggingSettings.Format.TEXT, Level.INFO);

        assertThat(lines.get(0)).matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} INFO  It happened requestId=r-1 status=200 .*");
        assertThat(lines.get(1)).contains("ERROR It broke");
        assertThat(lines.get(2)).contains("IllegalStateException: broken");
    }

    @Test
    void whenAValueHasALineBreak_itMakesNoLineOfItsOwn() throws Exception {
        assertThat(log(LoggingSettings.Format.TEXT, Level.INFO)).noneMatch(line -> line.startsWith("forged"));
        assertThat(log(LoggingSettings.Format.TEXT, Level.INFO)).anyMatch(line -> line.endsWith("name=a forged line"));
    }

    @Test
    void whenTheLevelChanges_soDoesWhatIsLogged() throws Exception {
        assertThat(String.join("\n", log(LoggingSettings.Format.JSON, Level.INFO)))
                .doesNotContain("Looked closer")
                .doesNotContain("A library is busy");
        assertThat(String.join("\n", log(LoggingSettings.Format.JSON, Level.DEBUG)))
                .contains("Looked closer")
                .contains("A library is busy");
        assertThat(String.join("\n", log(LoggingSettings.Format.JSON, Level.ERROR)))
                .contains("It broke")
                .doesNotContain("It happened");
    }

    @Test
    void whenStopped_everyLineThatWaitedHasBeenWritten() throws Exception {
        assertThat(log(LoggingSettings.Format.JSON, Level.INFO))
                .filteredOn(line -> line.contains("One of many"))
                .hasSize(LoggingProcess.MANY);
    }

    private static List<String> log(LoggingSettings.Format format, Level level)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        LoggingProcess.class.getName(),
                        format.name(),
                        level.name())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return output.lines().toList();
    }

    /** What must appear as its text alone. */
    record Secret(String value) {
        @Override
        public String toString() {
            return "withheld";
        }
    }

    static final class LoggingProcess {
        static final int MANY = 2000;

        private LoggingProcess() {}

        public static void main(String[] arguments) {
            Logging.toOutput(
                    new LoggingSettings(LoggingSettings.Format.valueOf(arguments[0]), Level.valueOf(arguments[1])));
            Logger log = LoggerFactory.getLogger(LoggingTest.class);
            log.atInfo()
                    .addKeyValue("requestId", "r-1")
                    .addKeyValue("status", 200)
                    .addKeyValue("url", URI.create("http://127.0.0.1/"))
                    .addKeyValue("nothing", (Object) null)
                    .addKeyValue("durable", true)
                    .addKeyValue("file", Path.of("data/server.log"))
                    .addKeyValue("month", YearMonth.of(2026, 11))
                    .addKeyValue("token", new Secret("s3cret"))
                    .log("It happened");
            log.atError().setCause(new IllegalStateException("broken")).log("It broke");
            log.atInfo().addKeyValue("name", "a\r\nforged line").log("A name came");
            log.debug("Looked closer");
            LoggerFactory.getLogger("io.netty.anything").info("A library is busy");
            for (int line = 0; line < MANY; line++) {
                log.info("One of many");
            }
            Logging.stop();
        }
    }
}
