package dev.botgate.audit;

import static dev.botgate.failure.Setting.atLeast;
import static dev.botgate.failure.Setting.between;
import static dev.botgate.failure.Setting.positive;

import java.time.Duration;

/**
 * Settings of the trail.
 *
 * @param commitTimeout how long an intent may take to become durable before the request is refused
 * @param retryAfter what a request refused for that is told to wait
 * @param maximumWaiting how many intents may wait for a commit; beyond that requests are refused at once
 * @param maximumBatch how many entries one commit takes at most
 * @param attachmentBytes whether the bytes of uploaded attachments are recorded, not only their length and digest
 * @param allowUnsafeDurability whether the gateway is ready although the database's commits are not durable
 */
public record AuditSettings(
        Duration commitTimeout,
        Duration retryAfter,
        int maximumWaiting,
        int maximumBatch,
        boolean attachmentBytes,
        boolean allowUnsafeDurability) {
    public AuditSettings {
        positive("commit-timeout", commitTimeout);
        positive("retry-after", retryAfter);
        atLeast("maximum-waiting", maximumWaiting, 1);
        between("maximum-batch", maximumBatch, 1, 10_000);
    }
}
