package dev.botgate.audit;

import dev.botgate.exchange.EndedAttempt;
import dev.botgate.exchange.Reply;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.vertx.core.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of one exchange: counted, and recorded where there is more than one; of a single one the outcome tells all.
 *
 * <p>Each is recorded as it ends, so that a gateway that dies between two leaves the first one behind. Used on the
 * request's event loop.
 */
final class AttemptLog implements Consumer<EndedAttempt> {
    private final ExchangeId exchange;
    private final AuditTrail trail;
    private int made;
    private boolean earlierMayHaveHappened;

    AttemptLog(ExchangeId exchange, AuditTrail trail) {
        this.exchange = exchange;
        this.trail = trail;
    }

    @Override
    public void accept(EndedAttempt ended) {
        made++;
        if (!ended.last()) {
            earlierMayHaveHappened |= close(ended.result()) == Close.UNKNOWN;
        }
        if (!ended.last() || made > 1) {
            trail.attempt(attempt(ended));
        }
    }

    /** How many were made, or {@code otherwise} where nobody told of any. */
    int made(int otherwise) {
        return made == 0 ? otherwise : made;
    }

    /** How an exchange closes that its last attempt would close so: an earlier one may have been acted on after all. */
    Close close(Close byLast) {
        return earlierMayHaveHappened && byLast != Close.SUCCEEDED ? Close.UNKNOWN : byLast;
    }

    private Attempt attempt(EndedAttempt ended) {
        Future<Reply> result = ended.result();
        Integer status = result.succeeded() ? result.result().status() : null;
        return new Attempt(exchange, ended.number(), ended.at(), status, error(result), ended.latency());
    }

    private static @Nullable String error(Future<Reply> result) {
        return result.succeeded()
                ? ReplySummary.of(result.result()).errorCode()
                : failure(result).code();
    }

    private static Close close(Future<Reply> result) {
        return result.succeeded() ? Close.ofStatus(result.result().status()) : Close.ofFailure(failure(result), false);
    }

    private static Failure failure(Future<Reply> result) {
        return result.cause() instanceof GatewayException known ? known.failure() : Failure.INTERNAL_ERROR;
    }
}
