package dev.botgate.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.failure.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CloseTest {

    @ParameterizedTest
    @CsvSource({
        "200, SUCCEEDED",
        "202, SUCCEEDED",
        "304, SUCCEEDED",
        "400, REFUSED",
        "412, REFUSED",
        "429, REFUSED",
        "500, FAILED",
        "503, FAILED",
        "502, UNKNOWN",
        "504, UNKNOWN"
    })
    void aReplyClosesByItsStatus(int status, Close expected) {
        assertThat(Close.ofStatus(status)).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource(Failure.class)
    void aFailureClosesByWhetherItMayHaveHappened(Failure failure) {
        assertThat(Close.ofFailure(failure, false)).isEqualTo(failure.mayHaveHappened() ? Close.UNKNOWN : Close.FAILED);
    }

    @Test
    void whenPartOfTheBodyWasSent_noFailureIsCertain() {
        assertThat(Close.ofFailure(Failure.BODY_TIMEOUT, true)).isEqualTo(Close.UNKNOWN);
    }
}
