package dev.botgate.upstream;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

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
