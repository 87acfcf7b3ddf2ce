package dev.botgate.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.botgate.operation.Operation;
import dev.botgate.testing.TestSettings;
import dev.botgate.upstream.RetryBudgets.RetryBudget;
import dev.botgate.upstream.RetrySettings.OperationRetrySettings;
import dev.botgate.upstream.RetrySettings.RetryRules;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryBudgetTest {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000);

    @ParameterizedTest
    @CsvSource({
        "20, 0, 100, 20",
        "20, 0, 4, 0",
        "20, 0, 5, 1",
        "20, 1, 100, 30",
        "0, 2, 100, 20",
        "0, 0, 100, 0",
        "100, 0, 7, 7"
    })
    void retriesAreBoundedToAShareOfTheRequests_plusAMinimum(
            int percent, int minimumPerSecond, int requests, int retries) {
        RetryBudget budget = new RetryBudget(percent, minimumPerSecond, nanos::get);
        IntStream.range(0, requests).forEach(i -> budget.request());

        assertThat(granted(budget)).isEqualTo(retries);
    }

    @Test
    void grantedRetries_areForgottenAfterTenSeconds() {
        RetryBudget budget = new RetryBudget(0, 1, nanos::get);
        assertThat(granted(budget)).isEqualTo(10);

        pass(9);
        assertThat(granted(budget)).isZero();
        pass(1);
        assertThat(granted(budget)).isEqualTo(10);
    }

    @Test
    void requestsAreForgottenAfterTenSeconds() {
        RetryBudget budget = new RetryBudget(50, 0, nanos::get);
        IntStream.range(0, 10).forEach(i -> budget.request());

        pass(10);

        assertThat(granted(budget)).isZero();
    }

    @Test
    void afterALongSilence_everythingIsForgotten() {
        RetryBudget budget = new RetryBudget(0, 1, nanos::get);
        assertThat(granted(budget)).isEqualTo(10);

        pass(86_400 * 365);

        assertThat(granted(budget)).isEqualTo(10);
    }

    @Test
    void noTenSecondsHoldMoreRetriesThanTheBudget() {
        Random random = new Random(20_261_122);
        RetryBudget budget = new RetryBudget(0, 3, nanos::get);
        int[] perSecond = new int[200];

        for (int second = 0; second < perSecond.length; second++) {
            for (int asked = random.nextInt(12); asked > 0; asked--) {
                perSecond[second] += budget.retry() ? 1 : 0;
            }
            pass(1);
        }

        for (int first = 0; first + 10 <= perSecond.length; first++) {
            assertThat(IntStream.range(first, first + 10).map(i -> perSecond[i]).sum())
                    .isLessThanOrEqualTo(30);
        }
        assertThat(IntStream.of(perSecond).sum()).isGreaterThan(500);
    }

    private void pass(long seconds) {
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }

    private static int granted(RetryBudget budget) {
        int granted = 0;
        while (budget.retry()) {
            granted++;
        }
        return granted;
    }

    @Nested
    class RetrySettingsTest {
        private static final Duration BASE = Duration.ofMillis(200);
        private static final Duration MAXIMUM = Duration.ofSeconds(5);
        private static final Duration DEADLINE = Duration.ofSeconds(20);

        @Test
        void settingsWithoutAnOverride_areTheCommonOnes() {
            RetrySettings settings = with(Map.of(
                    "sendtoconversation", new OperationRetrySettings(null, Duration.ZERO, null, null, true),
                    "other", new OperationRetrySettings(1, null, null, Duration.ofMinutes(1), null)));

            assertThat(settings.of(Operation.SEND_TO_CONVERSATION))
                    .isEqualTo(new RetryRules(3, Duration.ZERO, MAXIMUM, DEADLINE, true));
            assertThat(settings.of(Operation.OTHER))
                    .isEqualTo(new RetryRules(1, BASE, MAXIMUM, Duration.ofMinutes(1), false));
            assertThat(settings.of(Operation.UPDATE_ACTIVITY))
                    .isEqualTo(new RetryRules(3, BASE, MAXIMUM, DEADLINE, false));
        }

        /** The configuration file spells an operation as the table does, an environment variable in lower case. */
        @Test
        void anEnvironmentVariable_overridesTheFile_andKeepsWhatItDoesNotName() {
            Map<String, OperationRetrySettings> fileThenVariable = new LinkedHashMap<>();
            fileThenVariable.put(
                    "SendToConversation", new OperationRetrySettings(2, null, null, Duration.ofSeconds(7), null));
            fileThenVariable.put("sendtoconversation", new OperationRetrySettings(5, null, null, null, null));

            RetrySettings settings = with(fileThenVariable);

            assertThat(settings.of(Operation.SEND_TO_CONVERSATION))
                    .isEqualTo(new RetryRules(5, BASE, MAXIMUM, Duration.ofSeconds(7), false));
        }

        @Test
        void anOperationThatDoesNotExist_isRefused() {
            assertThatThrownBy(() -> with(Map.of("Send", new OperationRetrySettings(1, null, null, null, null))))
                    .hasMessageStartingWith("operations: Send (expected: one of GetConversations, CreateConversation,")
                    .hasMessageEndingWith("UploadAttachment, other)");
        }

        @Test
        void anOverrideThatContradictsTheCommonSettings_isRefused() {
            assertThatThrownBy(() -> with(Map.of(
                            "other", new OperationRetrySettings(null, null, Duration.ofMillis(100), null, null))))
                    .hasMessage(
                            "operations: other (expected: valid together with the common settings, but maximum-delay: 100ms"
                                    + " (expected: at least base-delay))");
        }

        @Test
        void invalidSettings_areRefused() {
            assertThatThrownBy(() -> with("maximumAttempts", 0)).hasMessage("maximum-attempts: 0 (expected: 1 to 100)");
            assertThatThrownBy(() -> with("baseDelay", MAXIMUM, "maximumDelay", BASE))
                    .hasMessage("maximum-delay: 200ms (expected: at least base-delay)");
            assertThatThrownBy(() -> with("budgetPercent", 101)).hasMessage("budget-percent: 101 (expected: 0 to 100)");
            assertThatThrownBy(() -> with("budgetMinimumPerSecond", -1))
                    .hasMessage("budget-minimum-per-second: -1 (expected: >= 0)");
        }

        private static RetrySettings with(Map<String, OperationRetrySettings> operations) {
            return with("operations", operations);
        }

        private static RetrySettings with(Object... namesAndValues) {
            return TestSettings.with(TestSettings.PACKAGED.upstream().retry(), namesAndValues);
        }
    }
}
