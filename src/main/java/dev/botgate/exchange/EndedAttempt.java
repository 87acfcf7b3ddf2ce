package dev.botgate.exchange;

import dev.botgate.failure.GatewayException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * An attempt to forward a call, after it has ended.
 *
 * @param number counts the attempts of a call from 1
 * @param at when it began
 * @param latency until the reply, the head of a streamed reply, or the failure
 * @param result completed; the body of a streamed reply must not be read
 */
public record EndedAttempt(int number, Instant at, Duration latency, Future<Reply> result) {
    /** All attempts that led to {@code result}, where there were several; else empty. */
    public static List<EndedAttempt> leadingTo(AsyncResult<Reply> result) {
        if (result.succeeded()) {
            return result.result().attempts();
        }
        return result.cause() instanceof RetriedFailure retried ? retried.attempts : List.of();
    }

    /** {@code result} with its attempts; an unexpected exception stays without them. */
    public static Future<Reply> withAttempts(Future<Reply> result, List<EndedAttempt> attempts) {
        if (result.succeeded()) {
            return Future.succeededFuture(result.result().withAttempts(attempts));
        }
        return result.cause() instanceof GatewayException failure
                ? Future.failedFuture(new RetriedFailure(failure, attempts))
                : result;
    }

    /** A failure after several attempts. */
    private static final class RetriedFailure extends GatewayException {
        private static final long serialVersionUID = 1L;

        private final transient List<EndedAttempt> attempts;

        RetriedFailure(GatewayException failure, List<EndedAttempt> attempts) {
            super(failure);
            this.attempts = List.copyOf(attempts);
        }
    }
}
