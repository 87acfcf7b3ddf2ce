package dev.botgate.audit.redaction;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
    void aNumber_isTheSameHoweverItIsWritten(String written, String canonical) {
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
    void anExponentBeyondReason_isEqualToItself() {
        String huge = "1.5e" + "9".repeat(1_000);

        assertThat(JsonScalars.number(huge)).isEqualTo(JsonScalars.number(huge));
        assertThat(JsonScalars.number(huge)).isNotEqualTo(JsonScalars.number(huge + "9"));
        assertThat(JsonScalars.number("1e" + "9".repeat(30))).isNotEqualTo(JsonScalars.number("-1e" + "9".repeat(30)));
    }

    @Test
    void aNumberOfManyDigits_doesNotTakeLong() {
        String digits = "7".repeat(4 << 20);

        assertThat(JsonScalars.number(digits)).hasSize("number:e0".length() + digits.length());
    }

    @Test
    void typesDoNotCollide() {
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
    void halfASurrogatePair_isNoQuestionMark(String half) {
        assertThat(JsonScalars.string(half)).isNotEqualTo(JsonScalars.string(half.replaceAll("[\ud800-\udfff]", "?")));
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
