package dev.botgate.audit.redaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RedactionKeysTest {
    private static final Path FILE = Path.of("keys.txt");

    @Test
    void theCurrentKeyComesFirst_thenTheOthersByTheirVersions() {
        RedactionKeys keys = new RedactionKeys(
                new RedactionKeySettings("v2", Map.of("v1", Keys.V1), FILE),
                Optional.of("# all of them\n\n v3 : " + Keys.of('c') + " \nv2: " + Keys.of('b') + "\r\nv1:" + Keys.V1));

        assertThat(keys.ofText("hello"))
                .map(value -> value.substring(0, "hmac-sha256:v2:".length()))
                .containsExactly("hmac-sha256:v2:", "hmac-sha256:v1:", "hmac-sha256:v3:");
        assertThat(keys.ofText("hello")).contains(Keys.text("hello")).doesNotHaveDuplicates();
        assertThat(keys.current().orElseThrow().version()).isEqualTo("v2");
    }

    @Test
    void textAndJson_areToldApart() {
        RedactionKeys keys = new RedactionKeys(Keys.v1(), Optional.empty());

        assertThat(keys.ofText("1")).isEqualTo(keys.ofJson(" \"\\u0031\" ")).isNotEqualTo(keys.ofJson("1.0"));
        for (String noScalar : new String[] {"", "hello", "{}", "[1]", "1 2", "'a'", "nul"}) {
            assertThatThrownBy(() -> keys.ofJson(noScalar)).hasMessageContaining("expected: a string in double quotes");
        }
    }

    @Test
    void aBadFile_isRefusedByItsLine_withoutShowingAKey() {
        refused("v1 " + Keys.V1, "audit.redaction-keys.file: keys.txt, line 1 (expected: VERSION: KEY, ");
        refused("# x\nv 1: " + Keys.V1, "audit.redaction-keys.file: keys.txt, line 2 (expected: VERSION: KEY, ");
        refused("v1: c2hvcnQ=", "audit.redaction-keys.file: keys.txt, line 1, v1 (expected: base64 of at least 32 ");
        refused("v1: !" + Keys.V1, "audit.redaction-keys.file: keys.txt, line 1, v1 (expected: base64 of at least 32 ");
        refused(
                "v1: " + Keys.V1 + "\nv1: " + Keys.of('x'),
                "audit.redaction-keys.file: keys.txt, line 2, v1 (expected: one key of this version)");
        refused("v2: " + Keys.V1, "audit.redaction-keys.current: v1 (expected: the version of a key: v2)");
    }

    @Test
    void settingsDoNotShowTheirKeys() {
        assertThat(Keys.v1().toString()).contains("v1").doesNotContain(Keys.V1);
        assertThat(Keys.key().toString()).isEqualTo("RedactionKey[version=v1]");
    }

    private static void refused(String file, String message) {
        assertThatThrownBy(() -> new RedactionKeys(new RedactionKeySettings("v1", Map.of(), FILE), Optional.of(file)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message)
                .message()
                .doesNotContain(Keys.V1);
    }
}
