package dev.botgate.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.botgate.operation.Operation;
import dev.botgate.testing.TestSettings;
import dev.botgate.upstream.RetrySettings.OperationRetrySettings;
import dev.botgate.upstream.RetrySettings.RetryRules;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

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
        assertThat(settings.of(Operation.UPDATE_ACTIVITY)).isEqualTo(new RetryRules(3, BASE, MAXIMUM, DEADLINE, false));
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
        assertThatThrownBy(() -> with(
                        Map.of("other", new OperationRetrySettings(null, null, Duration.ofMillis(100), null, null))))
                .hasMessage("operations: other (expected: valid together with the common settings, but maximum-delay: 100ms"
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
