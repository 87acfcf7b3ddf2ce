package dev.botgate.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderSyntaxTest {
    @Test
    void aList_isTheElementsOfAllLines_withoutEmptyOnes() {
        assertThat(HeaderSyntax.list(List.of(" close ", ",a,, b\t,", "x=\"1,2\\\"\", c")))
                .containsExactly("close", "a", "b", "x=\"1,2\\\"\"", "c");
        assertThat(HeaderSyntax.list(List.of("  "))).isEmpty();
        assertThat(HeaderSyntax.list(List.of())).isEmpty();
    }

    @Test
    void aQuotedStringWithoutEnd_goesToTheEnd() {
        assertThat(HeaderSyntax.split("a;b=\"c;d", ';')).containsExactly("a", "b=\"c;d");
    }

    @ParameterizedTest
    @CsvSource({
        "Charset=UTF-8, charset, UTF-8",
        "a = \"x\", a, x",
        "q, q, ''",
        "'a=\"b\\\"\\\\c\"', a, 'b\"\\c'",
        "a=\", a, \""
    })
    void aParameter_isANameAndAValue(String text, String name, String value) {
        assertThat(HeaderSyntax.Parameter.of(text)).isEqualTo(new HeaderSyntax.Parameter(name, value));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0., 0", "0.5, 500", "0.0009, 1", "1, 1000", "1.000, 1000"})
    void aWeight_isReadInThousandths(String value, int thousandths) {
        assertThat(HeaderSyntax.weight(value)).hasValue(thousandths);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1.1", "2", "-1", ".5", "0,5", "x"})
    void anotherWeight_isMalformed(String value) {
        assertThat(HeaderSyntax.weight(value)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a/b", "a\"", "é", "\u007f"})
    void otherCharacters_areNoToken(String text) {
        assertThat(HeaderSyntax.isToken(text)).isFalse();
        assertThat(HeaderSyntax.isToken("a-b.c+1")).isTrue();
    }
}
