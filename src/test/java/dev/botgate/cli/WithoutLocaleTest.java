package dev.botgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.postgres.DatabaseAddress;
import dev.botgate.audit.postgres.Migrations;
import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Commands in processes without a locale, as cron and many containers start them. A shell's script holds what is beyond
 * ASCII, so that the locale of the tests themselves does not matter.
 */
@ExtendWith(TestPostgres.class)
class WithoutLocaleTest {
    private static final String NO_LOCALE = "";

    private final TestDatabase database;

    @TempDir
    Path directory;

    WithoutLocaleTest(TestDatabase database) {
        this.database = database;
        var unused = new Migrations(new DatabaseAddress(database.url(), database.settings())).migrate();
    }

    @Test
    void aHoldIsAddedForTheGivenId_andListedUnchanged() throws Exception {
        CommandRun added = botgate(NO_LOCALE, "audit hold add --conversation '会話-1' --reason 'für später'");
        CommandRun listed = botgate(NO_LOCALE, "audit hold list");

        assertThat(added.exit()).as(added.err()).isZero();
        assertThat(database.rows("SELECT value, reason FROM botgate.hold")).containsExactly("会話-1|für später");
        assertThat(listed.out()).contains("会話-1", "für später");
    }

    @Test
    void aMemberIsFound_andPrintedAsItIs() throws Exception {
        record("メンバー");

        CommandRun listed = botgate(NO_LOCALE, "audit list --json --member 'メンバー'");
        CommandRun latin = botgate("LC_ALL=POSIX", "audit list --json --member 'メンバー'");

        assertThat(listed.out()).as(listed.err()).contains("\"member\":\"メンバー\"");
        assertThat(latin.out()).isEqualTo(listed.out());
    }

    @Test
    void aWrongArgument_isQuotedUnchanged() throws Exception {
        CommandRun refused = botgate(NO_LOCALE, "audit list --会 x");

        assertThat(refused.exit()).isEqualTo(2);
        assertThat(refused.err()).contains("'--会'");
    }

    @Test
    void anArgumentThatIsNotUtf8_isRefused_inEveryLocale() throws Exception {
        for (String locale : List.of(NO_LOCALE, "LC_ALL=C.UTF-8")) {
            CommandRun refused = botgate(locale, "audit hold add --reason x --conversation \"$(printf '\\374')\"");

            assertThat(refused.exit()).as(locale).isEqualTo(2);
            assertThat(refused.err()).as(locale).contains("not UTF-8");
        }
        assertThat(database.rows("SELECT 1 FROM botgate.hold")).isEmpty();
    }

    @Test
    void aNameThatNeedsALocale_isRefusedWithTheRemedy() throws Exception {
        Path there = Files.createDirectory(directory.resolve("here"));
        assertThat(there).isDirectory();
        for (String command : List.of(
                "audit export -o '出力.csv'",
                "check-config '設定.yaml'",
                "run --config '設定.yaml'",
                "run --config 'a設.yaml'")) {
            CommandRun refused = botgate(NO_LOCALE, command);

            assertThat(refused.exit()).as(command).isEqualTo(2);
            assertThat(refused.err()).as(command).contains("LC_ALL=C.UTF-8").doesNotContain("\tat ");
        }
        CommandRun variable = botgate("BOTGATE_AUDIT_GATEWAY='門'", "audit list");
        assertThat(variable.exit()).isEqualTo(2);
        assertThat(variable.err()).contains("BOTGATE_AUDIT_GATEWAY", "LC_ALL=C.UTF-8");
        CommandRun elsewhere = script("mkdir '会' && cd '会' && " + line(NO_LOCALE, "audit list"));
        assertThat(elsewhere.exit()).isEqualTo(2);
        assertThat(elsewhere.err()).contains("directory", "LC_ALL=C.UTF-8");
        CommandRun setting = script(
                "printf 'database: { data-directory: データ }\\n' > c.yaml && " + line(NO_LOCALE, "check-config c.yaml"));
        assertThat(setting.exit()).isEqualTo(3);
        assertThat(setting.out()).contains("database.data-directory", "LC_ALL=C.UTF-8");
    }

    private void record(String member) {
        database.execute(
                """
                INSERT INTO botgate.intent (at, id, gateway, run, sequence, request_id, operation, method, uri, upstream,
                    member, verified, body_form)
                VALUES (now(), gen_random_uuid(), 'gate', gen_random_uuid(), 1, 'r', 'other', 'POST', '/', 'teams', '%s',
                    false, 'none')
                """
                        .formatted(member));
    }

    private CommandRun botgate(String environment, String arguments) throws Exception {
        return script(line(environment, arguments));
    }

    private String line(String environment, String arguments) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return "env -i BOTGATE_DATABASE_URL='" + database.url() + "' " + environment + " '" + java
                + "' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx128m -Dlogback.configurationFile=none -cp '"
                + absolute(classes) + "' " + Botgate.class.getName() + " " + arguments;
    }

    private static String absolute(String classes) {
        StringBuilder absolute = new StringBuilder();
        for (String entry : classes.split(":")) {
            absolute.append(absolute.isEmpty() ? "" : ":").append(Path.of(entry).toAbsolutePath());
        }
        return absolute.toString();
    }

    private CommandRun script(String text) throws IOException, InterruptedException {
        Path script = Files.writeString(directory.resolve("script"), text + "\n", StandardCharsets.UTF_8);
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        int exit = new ProcessBuilder("sh", script.toString())
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start()
                .waitFor();
        return new CommandRun(exit, Files.readString(out), Files.readString(err));
    }
}
