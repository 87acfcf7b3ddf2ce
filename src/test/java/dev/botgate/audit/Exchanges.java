package dev.botgate.audit;

import dev.botgate.audit.redaction.RedactionKeySettings;
import dev.botgate.audit.redaction.RedactionKeys;
import dev.botgate.exchange.Call;
import dev.botgate.exchange.Caller;
import dev.botgate.exchange.Payload;
import dev.botgate.exchange.Peer;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.exchange.RequestHead;
import dev.botgate.operation.RouteTable;
import dev.botgate.testing.TestSettings;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What audit tests speak of: calls, replies, intents and outcomes. */
public final class Exchanges {
    private static final GatewayRun GATEWAY = new GatewayRun("gate-1", UUID.randomUUID());
    public static final RedactionKeySettings NO_KEYS = new RedactionKeySettings(null, Map.of(), null);

    public static final HeartbeatSettings HEARTBEAT =
            new HeartbeatSettings(Duration.ofMillis(100), Duration.ofMillis(500), Duration.ofMillis(500));
    private static final ExchangeIds IDS = new ExchangeIds(GATEWAY, InstantSource.system());

    private Exchanges() {}

    public static ExchangeIds ids() {
        return IDS;
    }

    public static AuditSettings settings(Duration commitTimeout) {
        return settings(commitTimeout, 10_000, 128);
    }

    public static AuditSettings settings(Duration commitTimeout, int maximumWaiting, int maximumBatch) {
        return TestSettings.with(
                TestSettings.PACKAGED.audit(),
                "gateway",
                "gate-1",
                "commitTimeout",
                commitTimeout,
                "retryAfter",
                Duration.ofSeconds(7),
                "maximumWaiting",
                maximumWaiting,
                "maximumWaitingBytes",
                64 << 20,
                "maximumBatch",
                maximumBatch,
                "heartbeat",
                HEARTBEAT);
    }

    /** All of every body but those of attachments. */
    public static Recording recording() {
        return recording(false, RecordingLevelSettings.BODIES, RedactionSettings.NOTHING, NO_KEYS);
    }

    /** What these settings have recorded. */
    public static Recording recording(
            boolean attachmentBytes,
            RecordingLevelSettings levels,
            RedactionSettings redact,
            RedactionKeySettings keys) {
        AuditSettings settings = TestSettings.with(
                TestSettings.PACKAGED.audit(),
                "levels",
                levels,
                "redact",
                redact,
                "redactionKeys",
                keys,
                "attachmentBytes",
                attachmentBytes);
        return new Recording(settings, new RedactionKeys(keys, Optional.empty()));
    }

    /** Settings of a trail with a journal. */
    public static AuditSettings journaled(Duration commitTimeout, JournalSettings journal) {
        return journaled(commitTimeout, 10_000, 128, journal);
    }

    /** Settings of a trail with a journal. */
    public static AuditSettings journaled(
            Duration commitTimeout, int maximumWaiting, int maximumBatch, JournalSettings journal) {
        return TestSettings.with(
                settings(commitTimeout, maximumWaiting, maximumBatch),
                "onOutage",
                OutagePolicy.JOURNAL,
                "journal",
                journal);
    }

    /** A journal of segments of 64 KiB, and of little patience. */
    public static JournalSettings journal(Path directory, long maximumBytes) {
        return journal(directory, maximumBytes, Duration.ofMillis(150));
    }

    /** A journal of segments of 64 KiB. */
    public static JournalSettings journal(Path directory, long maximumBytes, Duration patience) {
        return new JournalSettings(directory, maximumBytes, 64 << 10, patience);
    }

    /** An intent of sending an activity. */
    public static Intent intent(String requestId) {
        return intent(IDS.next(), requestId, "28:bot", "19:conversation", null, "SendToConversation");
    }

    /** An intent of something with this body. */
    public static Intent intent(String requestId, RecordedBody body) {
        return new Intent(
                IDS.next(),
                requestId,
                "other",
                "POST",
                "/v3/x",
                "teams",
                null,
                null,
                false,
                null,
                null,
                null,
                null,
                null,
                body);
    }

    public static Intent intent(
            ExchangeId exchange,
            String requestId,
            @Nullable String bot,
            String conversation,
            @Nullable String activity,
            String operation) {
        return intent(
                exchange,
                requestId,
                bot,
                conversation,
                activity,
                operation,
                RecordedBody.whole(Buffer.buffer("{\"type\":\"message\",\"text\":\"" + requestId + "\"}")));
    }

    public static Intent intent(
            ExchangeId exchange,
            String requestId,
            @Nullable String bot,
            String conversation,
            @Nullable String activity,
            String operation,
            RecordedBody body) {
        return new Intent(
                exchange,
                requestId,
                operation,
                "POST",
                "/v3/conversations/19%3Aconversation/activities?x=1",
                "teams",
                bot,
                "tenant-1",
                false,
                conversation,
                activity,
                null,
                null,
                "application/json",
                body);
    }

    public static Outcome outcome(Intent intent, OutcomeStatus close) {
        return outcome(intent, close, null);
    }

    public static Outcome outcome(Intent intent, OutcomeStatus close, @Nullable String activity) {
        return new Outcome(
                intent.exchange(),
                GATEWAY,
                intent.exchange().at().plusMillis(5),
                close,
                close == OutcomeStatus.SUCCEEDED ? 201 : null,
                1,
                Duration.ofMillis(5),
                activity,
                null,
                activity,
                null,
                null,
                false);
    }

    /** An outcome in which nothing is left out. */
    public static Outcome fullOutcome(Intent intent) {
        return new Outcome(
                intent.exchange(),
                new GatewayRun("another", UUID.randomUUID()),
                intent.exchange().at().plusSeconds(1),
                OutcomeStatus.UNKNOWN,
                504,
                3,
                Duration.ofNanos(1_234_567),
                "reply",
                "conversation",
                "activity",
                "Code",
                Digest.of(Buffer.buffer("xyz")),
                true);
    }

    /** A call as it reaches the filter. */
    public static Call call(String method, String uri, Payload payload) {
        RequestHead head = new RequestHead(
                "request-1",
                Instant.now(),
                method,
                "teams",
                uri,
                RouteTable.match(method, uri.split("\\?", 2)[0]),
                MultiMap.caseInsensitiveMultiMap(),
                new Peer("127.0.0.1", "http", "localhost:3980"));
        return new Call(head, new Caller("28:bot", "tenant-1", "00", true), payload);
    }

    public static Payload.Whole json(String text) {
        return new Payload.Whole(Buffer.buffer(text), "application/json", "application/json", List.of());
    }

    public static Reply reply(int status, String json) {
        return new Reply(
                status, "Reason", MultiMap.caseInsensitiveMultiMap(), new ReplyBody.Whole(Buffer.buffer(json)));
    }
}
