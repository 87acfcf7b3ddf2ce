package dev.botgate.cache;

import dev.botgate.exchange.Call;
import dev.botgate.exchange.EndedAttempt;
import dev.botgate.exchange.Filter;
import dev.botgate.exchange.Payload;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.Service;
import dev.botgate.failure.GatewayException;
import io.vertx.core.Future;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Drops a conversation's lists when a call has changed its members: one that removes a member, or sends an activity that
 * tells of members who have come or gone. One by an unknown route may be either.
 *
 * <p>Everybody's lists are dropped when the call succeeded or any attempt at it may have happened, before that is told to
 * anybody: what was loaded meanwhile may not show the change. Until then they are given, since whoever sends a request
 * without a right to it must not be able to empty the cache. A refusal that tells of the caller drops the caller's own.
 */
public final class InvalidationFilter implements Filter<Call, Call> {
    private static final Set<Integer> TELLS_OF_THE_CALLER = Set.of(401, 403, 404, 410);

    private final MemberCache cache;

    public InvalidationFilter(MemberCache cache) {
        this.cache = cache;
    }

    @Override
    public Future<Reply> apply(Call call, Service<Call> next) {
        @Nullable String conversation = call.head().route().conversation();
        if (conversation == null || !changesMembers(call)) {
            return next.serve(call);
        }
        // The same conversation may be reached by several names.
        Invalidation drop = new Invalidation(null, conversation);
        return next.serve(call).transform(ended -> {
            Future<Reply> result =
                    ended.succeeded() ? Future.succeededFuture(ended.result()) : Future.failedFuture(ended.cause());
            if (mayHaveHappened(result)
                    || EndedAttempt.leadingTo(result).stream().anyMatch(attempt -> mayHaveHappened(attempt.result()))) {
                cache.drop(drop);
            } else if (result.succeeded()
                    && TELLS_OF_THE_CALLER.contains(result.result().status())) {
                CachePartition.of(call.caller()).ifPresent(caller -> cache.forget(drop, caller));
            }
            return result;
        });
    }

    private static boolean changesMembers(Call call) {
        return switch (call.head().route().operation()) {
            case DELETE_CONVERSATION_MEMBER -> true;
            case SEND_TO_CONVERSATION, SEND_CONVERSATION_HISTORY, REPLY_TO_ACTIVITY, UPDATE_ACTIVITY ->
                call.payload() instanceof Payload.Whole whole && whole.namesMembers();
            case OTHER -> !call.head().route().known() && call.head().route().mutation();
            default -> false;
        };
    }

    private static boolean mayHaveHappened(Future<Reply> ended) {
        return ended.succeeded()
                ? ended.result().status() / 100 != 4
                : !(ended.cause() instanceof GatewayException exception)
                        || exception.failure().mayHaveHappened();
    }
}
