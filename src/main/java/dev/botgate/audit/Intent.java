package dev.botgate.audit;

import org.jspecify.annotations.Nullable;

/**
 * What is about to be asked of a connector. Texts are as received, as far as they are {@link SanitizedText}.
 *
 * @param exchange the identity that the outcome will share
 * @param requestId the client's id of the request, or the gateway's
 * @param operation the operation's id, or {@code other}
 * @param method the HTTP method
 * @param uri raw path and query below the upstream's base URL
 * @param upstream the configured name of the upstream
 * @param bot who calls, by the token
 * @param tenant the caller's tenant, by the token
 * @param verified whether the token's signature was checked
 * @param conversation the conversation that the path names, decoded
 * @param activity the activity that the path names, decoded
 * @param member the member that the path names, decoded
 * @param recipient to whom the activity in the recorded body goes, as {@link ActivitySummary} reads it; where that is redacted,
 *     what stands for it
 * @param sourceMediaType the media type that the client sent, where it was named
 */
public record Intent(
        ExchangeId exchange,
        String requestId,
        String operation,
        String method,
        String uri,
        String upstream,
        @Nullable String bot,
        @Nullable String tenant,
        boolean verified,
        @Nullable String conversation,
        @Nullable String activity,
        @Nullable String member,
        @Nullable String recipient,
        @Nullable String sourceMediaType,
        RecordedBody body)
        implements TrailRecord {
    public Intent {
        requestId = SanitizedText.text(requestId);
        method = SanitizedText.text(method);
        uri = SanitizedText.text(uri);
        bot = SanitizedText.textOrNull(bot);
        tenant = SanitizedText.textOrNull(tenant);
        conversation = SanitizedText.textOrNull(conversation);
        activity = SanitizedText.textOrNull(activity);
        member = SanitizedText.textOrNull(member);
        recipient = SanitizedText.textOrNull(recipient);
        sourceMediaType = SanitizedText.textOrNull(sourceMediaType);
    }

    /** Itself: entries are found by these names. */
    @Override
    public Intent withoutNames() {
        return this;
    }
}
