package dev.botgate.audit;

import static dev.botgate.failure.SettingCheck.atLeast;
import static dev.botgate.failure.SettingCheck.between;
import static dev.botgate.failure.SettingCheck.notBlank;
import static dev.botgate.failure.SettingCheck.positive;

import dev.botgate.audit.redaction.RedactionKeySettings;
import dev.botgate.failure.SettingCheck;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Settings of the trail.
 *
 * @param gateway the name under which this gateway's entries are recorded; null takes the host's name
 * @param botNames app id to the name that tables and CSV show for that bot
 * @param commitTimeout how long an intent may take to become durable before the request is refused
 * @param retryAfter what a request refused for that is told to wait
 * @param answer when the client gets the reply to a mutation
 * @param maximumWaiting how many intents may wait for a commit; beyond that requests are refused at once
 * @param maximumWaitingBytes how many bytes of bodies may wait for a commit; beyond that requests are refused at once
 * @param maximumBatch how many entries one commit takes at most
 * @param levels how much of each operation is recorded
 * @param redact which values are recorded as keyed digests only
 * @param redactionKeys by which keys
 * @param attachmentBytes whether the bytes of uploaded attachments are recorded, not only their length and digest
 * @param allowUnsafeDurability whether the gateway is ready although the database's commits are not durable
 * @param onOutage what becomes of mutations while PostgreSQL cannot record them
 * @param journal where they are recorded then
 * @param heartbeat when a gateway counts as dead
 * @param retention for how many months an entry is kept; null for ever
 */
public record AuditSettings(
        @Nullable String gateway,
        Map<String, String> botNames,
        Duration commitTimeout,
        Duration retryAfter,
        AuditAnswer answer,
        int maximumWaiting,
        long maximumWaitingBytes,
        int maximumBatch,
        RecordingLevelSettings levels,
        RedactionSettings redact,
        RedactionKeySettings redactionKeys,
        boolean attachmentBytes,
        boolean allowUnsafeDurability,
        OutagePolicy onOutage,
        JournalSettings journal,
        HeartbeatSettings heartbeat,
        @Nullable Integer retention) {
    static final String NO_CURRENT_KEY =
            "redact: no key to replace values with (expected: the version of one in redaction-keys.current)";

    public AuditSettings {
        if (gateway != null) {
            notBlank("gateway", gateway);
        }
        botNames = Map.copyOf(botNames);
        botNames.forEach((bot, name) -> notBlank("bot-names." + bot, name));
        positive("commit-timeout", commitTimeout);
        positive("retry-after", retryAfter);
        atLeast("maximum-waiting", maximumWaiting, 1);
        atLeast("maximum-waiting-bytes", maximumWaitingBytes, 1);
        between("maximum-batch", maximumBatch, 1, 10_000);
        if (!redact.isEmpty() && redactionKeys.current() == null) {
            throw new IllegalArgumentException(NO_CURRENT_KEY);
        }
        if (onOutage == OutagePolicy.JOURNAL && journal.patience().compareTo(commitTimeout) >= 0) {
            throw SettingCheck.refused(
                    "commit-timeout", commitTimeout, "longer than journal.patience, " + journal.patience());
        }
        if (retention != null) {
            between("retention", retention, 1, 1_200);
        }
    }
}
