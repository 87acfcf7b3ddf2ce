package dev.botgate.audit;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * How an exchange ended. There is exactly one to an intent.
 *
 * @param exchange the intent's identity
 * @param recordedBy the run that records it; another one than the intent's where that died
 * @param at when it ended, in whole microseconds
 * @param status what the upstream answered; null when it did not
 * @param attempts how often it was tried to send it, connections that could not be had included; 0 when it never was
 * @param latency from the durable intent to the end, in whole microseconds
 * @param replyId the {@code id} that the upstream's reply names
 * @param conversation the conversation that came of it
 * @param activity the activity that came of it
 * @param error the code of what went wrong: the gateway's own, or the one in the upstream's reply
 * @param sent of a streamed body: what was sent of it
 * @param sentWhole of a streamed body: whether that was all
 */
public record Outcome(
        ExchangeId exchange,
        GatewayRun recordedBy,
        Instant at,
        OutcomeStatus closedAs,
        @Nullable Integer status,
        int attempts,
        Duration latency,
        @Nullable String replyId,
        @Nullable String conversation,
        @Nullable String activity,
        @Nullable String error,
        @Nullable Digest sent,
        boolean sentWhole)
        implements TrailRecord {

    /** The {@link #error} of an intent that became durable too late, so that nothing was forwarded. */
    public static final String NOT_FORWARDED = "NotForwarded";

    /** The {@link #error} of an outcome whose texts the store refused. */
    public static final String NOT_STORABLE = "NotStorable";

    public Outcome {
        at = at.truncatedTo(ChronoUnit.MICROS);
        latency = latency.isNegative() ? Duration.ZERO : latency.truncatedTo(ChronoUnit.MICROS);
        replyId = SanitizedText.textOrNull(replyId);
        conversation = SanitizedText.textOrNull(conversation);
        activity = SanitizedText.textOrNull(activity);
        error = SanitizedText.textOrNull(error);
    }

    /** Closes an intent of which nothing was forwarded. */
    public static Outcome notForwarded(ExchangeId exchange, Instant at) {
        return new Outcome(
                exchange,
                exchange.gateway(),
                at,
                OutcomeStatus.FAILED,
                null,
                0,
                Duration.between(exchange.at(), at),
                null,
                null,
                null,
                NOT_FORWARDED,
                null,
                false);
    }

    /** The same outcome without what the upstream and the client had named. */
    @Override
    public Outcome withoutNames() {
        return new Outcome(
                exchange,
                recordedBy,
                at,
                closedAs,
                status,
                attempts,
                latency,
                null,
                null,
                null,
                NOT_STORABLE,
                sent,
                sentWhole);
    }
}
