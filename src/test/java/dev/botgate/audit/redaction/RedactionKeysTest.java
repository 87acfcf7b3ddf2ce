package dev.botgate.audit.redaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionKeysTest {
    private static final Path FILE = Path.of("keys.txt");

    @Test
    void theCurrentKeyComesFirst_thenTheOthersByVersion() {
        RedactionKeys keys = new RedactionKeys(
                new RedactionKeySettings("v2", Map.of("v1", Keys.V1), FILE),
                Optional.of("# all of them\n\n v3 : " + Keys.of('c') + " \nv2: " + Keys.of('b') + "\r\nv1:" + Keys.V1));

        assertThat(keys.replacementsOfText("hello"))
                .map(value -> value.substring(0, "hmac-sha256:v2:".length()))
                .containsExactly("hmac-sha256:v2:", "hmac-sha256:v1:", "hmac-sha256:v3:");
        assertThat(keys.replacementsOfText("hello"))
                .contains(Keys.text("hello"))
                .doesNotHaveDuplicates();
        assertThat(keys.current().orElseThrow().version()).isEqualTo("v2");
    }

    @Test
    void textAndJson_areDistinguished() {
        RedactionKeys keys = new RedactionKeys(Keys.v1(), Optional.empty());

        assertThat(keys.replacementsOfText("1"))
                .isEqualTo(keys.replacementsOfJson(" \"\\u0031\" "))
                .isNotEqualTo(keys.replacementsOfJson("1.0"));
        for (String noScalar : new String[] {"", "hello", "{}", "[1]", "1 2", "'a'", "nul"}) {
            assertThatThrownBy(() -> keys.replacementsOfJson(noScalar))
                    .hasMessageContaining("expected: a string in double quotes");
        }
    }

    @Test
    void anInvalidFile_isRefusedByLine_withoutShowingAKey() {
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

    @Nested
    class JsonScalarsTest {

        @ParameterizedTest
        @CsvSource({
            "1, 1e0",
            "1.0, 1e0",
            "1e0, 1e0",
            "1E+00, 1e0",
            "10e-1, 1e0",
            "0.1e1, 1e0",
            "100, 1e2",
            "-1.50, -15e-1",
            "0.0012, 12e-4",
            "12.0034e5, 120034e1",
            "9007199254740993, 9007199254740993e0",
            "0, 0e0",
            "-0.00e7, 0e0",
            "1e0000000000000000000002, 1e2"
        })
        void equalNumbers_areEqual_howeverTheyAreWritten(String written, String canonical) {
            assertThat(text(JsonScalars.number(written))).isEqualTo("number:" + canonical);
        }

        @Test
        void numbersAreEqual_exactlyWhenTheirValuesAre() {
            Random random = new Random(1);
            for (int i = 0; i < 20_000; i++) {
                String one = anyNumber(random);
                String other = anyNumber(random);
                boolean equal = new BigDecimal(one).compareTo(new BigDecimal(other)) == 0;

                assertThat(text(JsonScalars.number(one)).equals(text(JsonScalars.number(other))))
                        .as(one + " and " + other)
                        .isEqualTo(equal);
            }
        }

        @Test
        void aVeryLongExponent_isEqualToItselfOnly() {
            String huge = "1.5e" + "9".repeat(1_000);

            assertThat(JsonScalars.number(huge)).isEqualTo(JsonScalars.number(huge));
            assertThat(JsonScalars.number(huge)).isNotEqualTo(JsonScalars.number(huge + "9"));
            assertThat(JsonScalars.number("1e" + "9".repeat(30)))
                    .isNotEqualTo(JsonScalars.number("-1e" + "9".repeat(30)));
        }

        @Test
        void aNumberOfManyDigits_takesLinearTime() {
            String digits = "7".repeat(4 << 20);

            assertThat(JsonScalars.number(digits)).hasSize("number:e0".length() + digits.length());
        }

        @Test
        void valuesOfDifferentTypes_differ() {
            assertThat(Stream.of(
                                    JsonScalars.string("1"),
                                    JsonScalars.string("1e0"),
                                    JsonScalars.string("number:1e0"),
                                    JsonScalars.string("true"),
                                    JsonScalars.string("null"),
                                    JsonScalars.string(""),
                                    JsonScalars.number("1"),
                                    JsonScalars.TRUE,
                                    JsonScalars.FALSE,
                                    JsonScalars.NULL)
                            .map(JsonScalarsTest::text)
                            .distinct())
                    .hasSize(10);
        }

        @ParameterizedTest
        @ValueSource(strings = {"\ud800", "a\udc00b", "\ud83d"})
        void anUnpairedSurrogate_differsFromAQuestionMark(String half) {
            assertThat(JsonScalars.string(half))
                    .isNotEqualTo(JsonScalars.string(half.replaceAll("[\ud800-\udfff]", "?")));
            assertThat(text(JsonScalars.string(half))).startsWith("utf-16:");
            assertThat(text(JsonScalars.string("\ud83d\ude00"))).isEqualTo("string:\ud83d\ude00");
        }

        private static String anyNumber(Random random) {
            String sign = random.nextInt(3) == 0 ? "-" : "";
            String whole = Integer.toString(random.nextInt(3) * (random.nextBoolean() ? 1 : 10));
            String fraction = random.nextBoolean() ? "." + "0".repeat(random.nextInt(3)) + random.nextInt(3) : "";
            String exponent = random.nextBoolean() ? "e" + (random.nextInt(5) - 2) : "";
            return sign + whole + fraction + exponent;
        }

        private static String text(byte[] bytes) {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }
}
