package dev.botgate.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.failure.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class OutcomeStatusTest {

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
    void aReplyClosesByItsStatus(int status, OutcomeStatus expected) {
        assertThat(OutcomeStatus.ofHttpStatus(status)).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource(Failure.class)
    void aFailureClosesByWhetherItMayHaveHappened(Failure failure) {
        assertThat(OutcomeStatus.ofFailure(failure, false))
                .isEqualTo(failure.mayHaveHappened() ? OutcomeStatus.UNKNOWN : OutcomeStatus.FAILED);
    }

    @Test
    void whenPartOfTheBodyWasSent_noFailureIsCertain() {
        assertThat(OutcomeStatus.ofFailure(Failure.BODY_TIMEOUT, true)).isEqualTo(OutcomeStatus.UNKNOWN);
    }
}
