package dev.botgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code check-config} says of levels, of what is redacted, and of the keys for that; and what the keys are good for. */
class RecordingSettingsTest {
    private static final String KEY = "MW".repeat(24);

    @TempDir
    private Path directory;

    @Test
    void operationsThatAreNotRecorded_andBadLevels_areNamed() {
        assertThat(
                        problems(
                                """
                        audit:
                          levels:
                            all: everything
                            operations:
                              SendToConversatoin: none
                              GetConversations: none
                              other: some
                        """))
                .contains("my.yaml:3:5: audit.levels.all: everything (expected: one of none, metadata, body)")
                .contains(
                        "my.yaml:5:7: audit.levels.operations: SendToConversatoin (expected: one of the operations that"
                                + " are recorded: CreateConversation, SendToConversation, ")
                .contains("my.yaml:6:7: audit.levels.operations: GetConversations (expected: one of the operations")
                .contains("my.yaml:7:7: audit.levels.operations.other: some (expected: one of none, metadata, body)")
                .hasLineCount(4);
    }

    @Test
    void badPointers_areNamed() {
        assertThat(problems(
                        """
                        audit:
                          redaction-keys: { current: v1, versions: { v1: "%s" } }
                          redact:
                            operations:
                              UpdateActivity: [/text, text]
                              Update: [/text]
                        """
                                .formatted(KEY)))
                .contains(
                        "my.yaml:5:7: audit.redact.operations: UpdateActivity (expected: JSON pointers, such as /text or"
                                + " /attachments/*/content, but \"text\" begins with no slash)")
                .contains(
                        "my.yaml:6:7: audit.redact.operations: Update (expected: one of the operations that are recorded")
                .hasLineCount(2);
        assertThat(problems("audit: { redact: { all: [/a~b] } }"))
                .contains("audit.redact.all: /a~b (expected: JSON pointers, such as ");
    }

    @Test
    void missingKeys_areNamed_andNoKeyIsShown() {
        assertThat(problems("audit:\n  redact: { all: [/text] }\n"))
                .contains("my.yaml:2:3: audit.redact: no key to replace values with (expected: ")
                .hasLineCount(1);
        assertThat(problems("audit: { redaction-keys: { current: v2, versions: { v1: '" + KEY + "' } } }"))
                .contains("audit.redaction-keys.current: v2 (expected: one of versions, [v1])")
                .doesNotContain(KEY);
        assertThat(problems("audit: { redaction-keys: { versions: { v1: 'c2VjcmV0' } } }"))
                .contains("audit.redaction-keys.versions: v1 (expected: base64 of at least 32 random bytes, ")
                .doesNotContain("c2VjcmV0");
        assertThat(problems("audit: { redaction-keys: { current: v1, file: gone.txt } }"))
                .contains("my.yaml: audit.redaction-keys.file: gone.txt: not readable (expected: a text file of keys)");
    }

    @Test
    void keysFromTheEnvironment_areCheckedToo() {
        file("my.yaml", "audit: { redact: { all: [/text] } }\n");

        CommandRun good = CommandRun.botgate(
                directory,
                Map.of("BOTGATE_AUDIT_REDACTION_KEYS_CURRENT", "v1", "BOTGATE_AUDIT_REDACTION_KEYS_VERSIONS_V1", KEY),
                "check-config",
                "my.yaml");
        CommandRun bad = CommandRun.botgate(
                directory, Map.of("BOTGATE_AUDIT_REDACTION_KEYS_VERSIONS_V1", "c2VjcmV0"), "check-config", "my.yaml");

        assertThat(good.out()).isEqualTo("my.yaml: ok" + System.lineSeparator());
        assertThat(bad.out())
                .contains(
                        "BOTGATE_AUDIT_REDACTION_KEYS_VERSIONS_V1: audit.redaction-keys.versions: v1 (expected: base64")
                .doesNotContain("c2VjcmV0");
    }

    @Test
    void aValueIsShownByEachKey() {
        file(
                "my.yaml",
                "audit: { redaction-keys: { current: v2, versions: { v1: '%s', v2: '%s' } } }"
                        .formatted(KEY, "Mm".repeat(24)));

        CommandRun text = value("1.50");
        CommandRun number = value("--json", "1.50");

        assertThat(text.exit()).isZero();
        assertThat(text.out().lines())
                .satisfiesExactly(
                        current -> assertThat(current).matches("hmac-sha256:v2:[0-9a-f]{64}"),
                        older -> assertThat(older).matches("hmac-sha256:v1:[0-9a-f]{64}"));
        assertThat(number.out()).isEqualTo(value("--json", "15e-1").out()).isNotEqualTo(text.out());
        assertThat(value("--json", "\"1.50\"").out()).isEqualTo(text.out());
        assertThat(value("--json", "{}").exit()).isEqualTo(2);
        assertThat(value("--json", "{}").err()).startsWith("VALUE: no JSON scalar (expected: ");
        assertThat(CommandRun.botgate(directory, Map.of(), "audit", "redacted-value", "x")
                        .exit())
                .isEqualTo(3);
    }

    private CommandRun value(String... arguments) {
        String[] all = new String[arguments.length + 4];
        System.arraycopy(
                new String[] {
                    "audit",
                    "redacted-value",
                    "--config",
                    directory.resolve("my.yaml").toString()
                },
                0,
                all,
                0,
                4);
        System.arraycopy(arguments, 0, all, 4, arguments.length);
        return CommandRun.botgate(directory, Map.of(), all);
    }

    private String problems(String yaml) {
        file("my.yaml", yaml);
        CommandRun run = CommandRun.botgate(directory, Map.of(), "check-config", "my.yaml");
        assertThat(run.exit()).as(run.toString()).isEqualTo(3);
        return run.out();
    }

    private void file(String name, String text) {
        try {
            assertThat(Files.writeString(directory.resolve(name), text)).exists();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
