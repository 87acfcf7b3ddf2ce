package dev.botgate.audit;

import dev.botgate.exchange.EndedAttempt;
import dev.botgate.exchange.Reply;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.operation.Operation;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A mutation under way, from its durable intent to its outcome.
 *
 * @param metered the body where it is streamed
 * @param startedNanos when it was begun, by {@code nanoTime}
 */
record Exchange(
        ExchangeId id,
        Operation operation,
        @Nullable MeteredStream metered,
        InstantSource clock,
        LongSupplier nanoTime,
        long startedNanos) {

    /** Its attempts, if there were several. */
    List<Attempt> attempts(AsyncResult<Reply> result) {
        return EndedAttempt.leadingTo(result).stream().map(this::record).toList();
    }

    /** How it ended. */
    Outcome outcome(AsyncResult<Reply> result) {
        List<EndedAttempt> attempts = EndedAttempt.leadingTo(result);
        return result.succeeded() ? answered(result.result(), attempts) : failed(failure(result), attempts);
    }

    private Attempt record(EndedAttempt ended) {
        Future<Reply> result = ended.result();
        Integer status = result.succeeded() ? result.result().status() : null;
        String error = result.succeeded()
                ? ReplySummary.of(result.result()).errorCode()
                : failure(result).code();
        return new Attempt(id, ended.number(), ended.at(), status, error, ended.latency());
    }

    private Outcome answered(Reply reply, List<EndedAttempt> attempts) {
        ReplySummary facts = ReplySummary.of(reply);
        boolean done = reply.status() < 400;
        return outcome(
                close(OutcomeStatus.ofHttpStatus(reply.status()), attempts),
                reply.status(),
                Math.max(1, attempts.size()),
                facts.id(),
                done ? createdConversation(facts) : null,
                done ? createdActivity(facts) : null,
                facts.errorCode());
    }

    private Outcome failed(Failure failure, List<EndedAttempt> attempts) {
        OutcomeStatus close = OutcomeStatus.ofFailure(failure, metered != null && metered.begun());
        int made = Math.max(failure == Failure.THROTTLED ? 0 : 1, attempts.size());
        return outcome(close(close, attempts), null, made, null, null, null, failure.code());
    }

    /** An earlier attempt may have had an effect, whatever the last one came to. */
    private static OutcomeStatus close(OutcomeStatus last, List<EndedAttempt> attempts) {
        boolean unknown = attempts.stream().anyMatch(attempt -> close(attempt.result()) == OutcomeStatus.UNKNOWN);
        return unknown && last != OutcomeStatus.SUCCEEDED ? OutcomeStatus.UNKNOWN : last;
    }

    private static OutcomeStatus close(Future<Reply> result) {
        return result.succeeded()
                ? OutcomeStatus.ofHttpStatus(result.result().status())
                : OutcomeStatus.ofFailure(failure(result), false);
    }

    private static Failure failure(AsyncResult<Reply> result) {
        return result.cause() instanceof GatewayException known ? known.failure() : Failure.INTERNAL_ERROR;
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
            OutcomeStatus close,
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
