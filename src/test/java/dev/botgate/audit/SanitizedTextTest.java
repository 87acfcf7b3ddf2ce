package dev.botgate.audit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SanitizedTextTest {

    @Test
    void whatCanBeStoredStaysAsItIs() {
        assertThat(SanitizedText.text("19:häß\u0001\uD83D\uDE00|;")).isEqualTo("19:häß\u0001\uD83D\uDE00|;");
    }

    @Test
    void whatCannotBeStoredBecomesASymbol() {
        assertThat(SanitizedText.text("a\0b")).isEqualTo("a\u2400b");
        assertThat(SanitizedText.text("a\uD83Db\uDE00")).isEqualTo("a\uFFFDb\uFFFD");
        assertThat(SanitizedText.text("\uD83D\uDE00\uD83D")).isEqualTo("\uD83D\uDE00\uFFFD");
    }
}
