package dev.botgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.postgres.DatabaseAddress;
import dev.botgate.audit.postgres.Migrations;
import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands on the trail where there is none, and with arguments that are wrong anywhere. */
@ExtendWith(TestPostgres.class)
class AuditWithoutTrailTest {
    private static final String LOGGING = "logback.configurationFile";

    @TempDir
    Path directory;

    @BeforeAll
    static void keepLogging() {
        assertThat(System.setProperty(LOGGING, "kept")).isNull();
    }

    @AfterAll
    static void giveLoggingBack() {
        assertThat(System.clearProperty(LOGGING)).isEqualTo("kept");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "list",
                "show 019a8e6e-5a01-7c1b-9d6f-0c9f0a2b8d11",
                "history a",
                "export",
                "access",
                "retention --dry-run",
                "hold list",
                "hold add --bot b --reason r",
                "hold remove 019a8e6e-5a01-7c1b-9d6f-0c9f0a2b8d11 --reason r"
            })
    void whereNoDatabaseIs_noneIsMade_andItSaysWhereItLooked(String command) {
        CommandRun refused = audit(Map.of("BOTGATE_AUDIT_RETENTION", "12"), command);

        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.err())
                .contains(directory.resolve("data").toString(), "database.data-directory", "--config", "database.url");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aDirectoryOfAnUnfinishedFirstStart_isNoDatabaseEither() throws Exception {
        Path data = Files.createDirectory(directory.resolve("data"));
        assertThat(Files.createFile(data.resolve("lock"))).exists();

        CommandRun refused = audit(Map.of(), "list");

        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.err()).contains("no audit trail");
        assertThat(data.resolve("programs")).doesNotExist();
        assertThat(data.resolve("cluster")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"list", "retention --dry-run", "hold list", "hold add --bot b --reason r"})
    void aDatabaseWithoutTheSchema_isNamed_withTheRemedy(String command, TestDatabase database) {
        CommandRun refused = audit(
                Map.of(
                        "BOTGATE_DATABASE_URL", database.url().toString(),
                        "BOTGATE_DATABASE_SCHEMA", "nobodys",
                        "BOTGATE_AUDIT_RETENTION", "12"),
                command);

        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.err()).contains("127.0.0.1:" + database.port(), "nobodys", "migrate");
        assertThat(refused.err()).doesNotContain("relation");
    }

    @Test
    void aSchemaThatLacksMigrations_isNamed_andOneOfALaterVersionIsRead(TestDatabase database) {
        var unused = new Migrations(new DatabaseAddress(database.url(), database.settings("older"))).migrate();
        Map<String, String> older =
                Map.of("BOTGATE_DATABASE_URL", database.url().toString(), "BOTGATE_DATABASE_SCHEMA", "older");
        database.execute("INSERT INTO older.flyway_schema_history SELECT 99, '99', 'later', type, 'V99__later.sql', 1,"
                + " installed_by, now(), 1, true FROM older.flyway_schema_history WHERE version = '1'");
        CommandRun ofLater = audit(older, "list");
        database.execute("DELETE FROM older.flyway_schema_history WHERE type = 'SQL'");

        CommandRun ofOlder = audit(older, "list");

        assertThat(ofLater.exit()).as(ofLater.err()).isZero();
        assertThat(ofOlder.exit()).isEqualTo(1);
        assertThat(ofOlder.err()).contains("V1", "migrate");
    }

    @ParameterizedTest
    @CsvSource({
        "list --from yesterday, --from: yesterday (expected:",
        "list --to 2026-13-01, --to: 2026-13-01 (expected:",
        "list --outcome success, --outcome: success (expected:",
        "list --operation Send, --operation: Send (expected:",
        "list --limit 0, --limit: 0 (expected:",
        "list --cursor x, --cursor: ",
        "export --format xml, --format: xml (expected:",
        "export --from yesterday, --from: yesterday (expected:",
        "export --after x, --after: x (expected:",
        "access --action look, --action: look (expected:",
        "access --cursor x, --cursor: ",
        "history a --cursor x, --cursor: ",
        "show abc, ID: abc (expected: the id of an entry",
        "hold remove abc --reason r, ID: abc (expected: the id of a hold; \"audit hold list\" prints them)",
    })
    void aWrongArgument_isReportedBeforeADatabaseIsOpened(String command, String message) {
        CommandRun refused = audit(Map.of(), command);

        assertThat(refused.exit()).isEqualTo(2);
        assertThat(refused.err()).startsWith(message);
        assertThat(directory).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "add|--bot|b|--reason|",
                "add|--conversation| |--reason|r",
                "add|--bot||--reason|r",
                "remove|019a8e6e-5a01-7c1b-9d6f-0c9f0a2b8d11|--reason| "
            })
    void aHoldWithoutAReasonOrAnId_isNeitherAddedNorRemoved(String command) {
        CommandRun refused = CommandRun.botgate(
                directory,
                Map.of(
                        "BOTGATE_DATABASE_DATA_DIRECTORY",
                        directory.resolve("data").toString()),
                ("audit|hold|" + command).split("\\|", -1));

        assertThat(refused.exit()).isEqualTo(2);
        assertThat(refused.err()).matches("(?s)--(reason|bot|conversation): none \\(expected: .*");
    }

    private CommandRun audit(Map<String, String> more, String command) {
        Map<String, String> environment = new HashMap<>(more);
        environment.put(
                "BOTGATE_DATABASE_DATA_DIRECTORY", directory.resolve("data").toString());
        return CommandRun.botgate(directory, environment, ("audit " + command).split(" "));
    }
}
