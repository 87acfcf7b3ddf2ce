package dev.botgate.upstream;

import static dev.botgate.failure.SettingCheck.between;
import static dev.botgate.failure.SettingCheck.notNegative;

import dev.botgate.failure.SettingCheck;
import java.time.Duration;

/** How the calls of one operation are repeated; the components are those of {@link RetrySettings}. */
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
     * @param attempt the attempt that has ended, from 1
     * @param random from 0 to below 1
     */
    Duration backoff(int attempt, double random) {
        double longest =
                Math.min((double) maximumDelay.toMillis(), (double) baseDelay.toMillis() * Math.pow(2, attempt - 1));
        return Duration.ofMillis(Math.round(random * longest));
    }
}
