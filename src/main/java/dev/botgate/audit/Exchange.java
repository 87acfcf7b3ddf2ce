package dev.botgate.audit;

import dev.botgate.exchange.Reply;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.operation.Operation;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A mutation under way, from its durable intent to its outcome.
 *
 * @param metered the body where it is streamed
 * @param attempts hears of its attempts
 * @param startedNanos when it was begun, by {@code nanoTime}
 */
record Exchange(
        ExchangeId id,
        Operation operation,
        @Nullable MeteredStream metered,
        AttemptLog attempts,
        InstantSource clock,
        LongSupplier nanoTime,
        long startedNanos) {

    /** The outcome of an exchange that the upstream answered. */
    Outcome answered(Reply reply) {
        ReplySummary facts = ReplySummary.of(reply);
        boolean done = reply.status() < 400;
        return outcome(
                attempts.close(Close.ofStatus(reply.status())),
                reply.status(),
                attempts.made(1),
                facts.id(),
                done ? createdConversation(facts) : null,
                done ? createdActivity(facts) : null,
                facts.errorCode());
    }

    /** The outcome of an exchange that the upstream did not answer. */
    Outcome failed(Throwable cause) {
        Failure failure = cause instanceof GatewayException known ? known.failure() : Failure.INTERNAL_ERROR;
        Close close = Close.ofFailure(failure, metered != null && metered.begun());
        int made = attempts.made(close == Close.UNKNOWN ? 1 : 0);
        return outcome(attempts.close(close), null, made, null, null, null, failure.code());
    }

    private @Nullable String createdConversation(ReplySummary facts) {
        return operation == Operation.CREATE_CONVERSATION ? facts.id() : null;
    }

    private @Nullable String createdActivity(ReplySummary facts) {
        return switch (operation) {
            case CREATE_CONVERSATION -> facts.activityId();
            case SEND_TO_CONVERSATION, SEND_CONVERSATION_HISTORY, REPLY_TO_ACTIVITY, UPDATE_ACTIVITY -> facts.id();
            default -> null;
        };
    }

    private Outcome outcome(
            Close close,
            @Nullable Integer status,
            int made,
            @Nullable String replyId,
            @Nullable String conversation,
            @Nullable String activity,
            @Nullable String error) {
        return new Outcome(
                id,
                id.gateway(),
                clock.instant(),
                close,
                status,
                made,
                Duration.ofNanos(nanoTime.getAsLong() - startedNanos),
                replyId,
                conversation,
                activity,
                error,
                metered == null ? null : metered.passed(),
                metered != null && metered.ended());
    }
}
