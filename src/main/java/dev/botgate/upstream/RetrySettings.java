package dev.botgate.upstream;

import static dev.botgate.failure.SettingCheck.atLeast;
import static dev.botgate.failure.SettingCheck.between;
import static dev.botgate.failure.SettingCheck.notNegative;

import dev.botgate.failure.SettingCheck;
import dev.botgate.operation.Operation;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * When a failed request is sent to its connector again.
 *
 * @param maximumAttempts the maximum number of attempts, the first one included; 1 for no retries
 * @param baseDelay the longest pause before the second attempt; it doubles from attempt to attempt
 * @param maximumDelay the longest pause, unless the upstream asks for a longer one
 * @param deadline no attempt begins later than this after the first one
 * @param retryUnsafe whether a request is also repeated when the connector may have acted on it, whatever its method
 * @param budgetPercent the maximum retries to a connector in ten seconds, in percent of the requests to it
 * @param budgetMinimumPerSecond the retries per second that are allowed in addition
 * @param operations the settings that differ for an operation, by its id or {@code other} in any letter case
 */
public record RetrySettings(
        int maximumAttempts,
        Duration baseDelay,
        Duration maximumDelay,
        Duration deadline,
        boolean retryUnsafe,
        int budgetPercent,
        int budgetMinimumPerSecond,
        Map<String, OperationRetrySettings> operations) {

    public RetrySettings {
        between("budget-percent", budgetPercent, 0, 100);
        atLeast("budget-minimum-per-second", budgetMinimumPerSecond, 0);
        // A variable names an operation in lower case, and overrides what comes before it.
        Map<String, OperationRetrySettings> anyCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        operations.forEach((id, different) -> anyCase.merge(id, different, (before, after) -> after.over(before)));
        operations = Collections.unmodifiableMap(anyCase);
        RetryRules common = new RetryRules(maximumAttempts, baseDelay, maximumDelay, deadline, retryUnsafe);
        operations.forEach((id, override) -> {
            if (Operation.withId(id).isEmpty()) {
                throw SettingCheck.refused("operations", id, "one of " + ids());
            }
            try {
                var unused = override.over(common);
            } catch (IllegalArgumentException e) {
                throw SettingCheck.refused(
                        "operations", id, "valid together with the common settings, but " + e.getMessage());
            }
        });
    }

    /** The rules for {@code operation}. */
    RetryRules of(Operation operation) {
        RetryRules common = new RetryRules(maximumAttempts, baseDelay, maximumDelay, deadline, retryUnsafe);
        OperationRetrySettings different = operations.get(operation.id());
        return different == null ? common : different.over(common);
    }

    private static String ids() {
        return Arrays.stream(Operation.values()).map(Operation::id).collect(Collectors.joining(", "));
    }

    /** How the calls of one operation are retried; the components are those of {@link RetrySettings}. */
    record RetryRules(
            int maximumAttempts, Duration baseDelay, Duration maximumDelay, Duration deadline, boolean retryUnsafe) {
        RetryRules {
            between("maximum-attempts", maximumAttempts, 1, 100);
            notNegative("base-delay", baseDelay);
            if (maximumDelay.compareTo(baseDelay) < 0) {
                throw SettingCheck.refused("maximum-delay", maximumDelay.toMillis() + "ms", "at least base-delay");
            }
            notNegative("deadline", deadline);
        }

        /**
         * The pause after an attempt, exponential with full jitter.
         *
         * <p>Source: Brooker, "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015).
         *
         * @param attempt the number of the attempt that has ended, from 1
         * @param random from 0 to below 1
         */
        Duration backoff(int attempt, double random) {
            double bound = Math.min(
                    (double) maximumDelay.toMillis(), (double) baseDelay.toMillis() * Math.pow(2, attempt - 1));
            return Duration.ofMillis(Math.round(random * bound));
        }
    }

    /** The settings of one operation; null means as in {@link RetrySettings}. */
    public record OperationRetrySettings(
            @Nullable Integer maximumAttempts,
            @Nullable Duration baseDelay,
            @Nullable Duration maximumDelay,
            @Nullable Duration deadline,
            @Nullable Boolean retryUnsafe) {

        private OperationRetrySettings over(OperationRetrySettings before) {
            return new OperationRetrySettings(
                    maximumAttempts != null ? maximumAttempts : before.maximumAttempts,
                    baseDelay != null ? baseDelay : before.baseDelay,
                    maximumDelay != null ? maximumDelay : before.maximumDelay,
                    deadline != null ? deadline : before.deadline,
                    retryUnsafe != null ? retryUnsafe : before.retryUnsafe);
        }

        RetryRules over(RetryRules common) {
            return new RetryRules(
                    Objects.requireNonNullElse(maximumAttempts, common.maximumAttempts()),
                    Objects.requireNonNullElse(baseDelay, common.baseDelay()),
                    Objects.requireNonNullElse(maximumDelay, common.maximumDelay()),
                    Objects.requireNonNullElse(deadline, common.deadline()),
                    Objects.requireNonNullElse(retryUnsafe, common.retryUnsafe()));
        }
    }
}
