package dev.botgate.upstream;

import static dev.botgate.failure.SettingCheck.atLeast;
import static dev.botgate.failure.SettingCheck.between;

import dev.botgate.failure.SettingCheck;
import dev.botgate.operation.Operation;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * When a request is sent to its connector again.
 *
 * @param maximumAttempts how often it is sent at most, the first time included; 1 for no retries
 * @param baseDelay the longest pause before the second attempt; it doubles from attempt to attempt
 * @param maximumDelay the longest pause that is not the upstream's wish
 * @param deadline after this time from the first attempt on, no other one begins
 * @param retryUnsafe whether requests are repeated that may have been acted on already, whatever the method
 * @param budgetPercent how many retries there may be to a connector in ten seconds, as a share of the requests to it
 * @param budgetMinimumPerSecond how many there may be besides
 * @param operations an operation's id, or {@code other}, to what differs for it
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
        operations = Map.copyOf(new LinkedHashMap<>(operations));
        RetryRules common = new RetryRules(maximumAttempts, baseDelay, maximumDelay, deadline, retryUnsafe);
        operations.forEach((id, different) -> {
            if (Operation.withId(id).isEmpty()) {
                throw SettingCheck.refused("operations", id, "one of " + ids());
            }
            try {
                var unused = different.over(common);
            } catch (IllegalArgumentException e) {
                throw SettingCheck.refused("operations", id, "settings that agree, but " + e.getMessage());
            }
        });
    }

    /** What holds for {@code operation}. */
    RetryRules of(Operation operation) {
        RetryRules common = new RetryRules(maximumAttempts, baseDelay, maximumDelay, deadline, retryUnsafe);
        return operations.entrySet().stream()
                .filter(entry -> entry.getKey().equalsIgnoreCase(operation.id()))
                .findFirst()
                .map(entry -> entry.getValue().over(common))
                .orElse(common);
    }

    /** The longest deadline of any operation. */
    public Duration longestDeadline() {
        return Arrays.stream(Operation.values())
                .map(operation -> of(operation).deadline())
                .reduce(deadline, (one, other) -> one.compareTo(other) > 0 ? one : other);
    }

    private static String ids() {
        return Arrays.stream(Operation.values()).map(Operation::id).collect(Collectors.joining(", "));
    }

    /** What differs for one operation from {@link RetrySettings}, whose words these are; null is as there. */
    public record OperationRetrySettings(
            @Nullable Integer maximumAttempts,
            @Nullable Duration baseDelay,
            @Nullable Duration maximumDelay,
            @Nullable Duration deadline,
            @Nullable Boolean retryUnsafe) {

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
