package dev.botgate.cache;

import dev.botgate.exchange.Call;
import dev.botgate.exchange.EndedAttempt;
import dev.botgate.exchange.Filter;
import dev.botgate.exchange.Payload;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.Service;
import dev.botgate.failure.GatewayException;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * Drops a conversation's lists after a call that may have changed its members: DeleteConversationMember, an activity
 * with {@code membersAdded} or {@code membersRemoved}, or a mutation by an unknown route.
 *
 * <p>All owners' lists are dropped before the client gets its reply, if the call succeeded or any attempt may have taken
 * effect. They are not dropped earlier, because a client without permission must not be able to empty the cache. If
 * the connector refuses the caller, only the caller's lists are dropped.
 */
public final class InvalidationFilter implements Filter<Call, Call> {
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
        // On all connectors: a conversation may be reached through several.
        Invalidation invalidation = new Invalidation(null, conversation);
        return next.serve(call).transform(ended -> {
            Future<Reply> result =
                    ended.succeeded() ? Future.succeededFuture(ended.result()) : Future.failedFuture(ended.cause());
            if (mayHaveHappened(result)
                    || EndedAttempt.leadingTo(result).stream().anyMatch(attempt -> mayHaveHappened(attempt.result()))) {
                cache.invalidate(invalidation);
            } else if (result.succeeded()
                    && MemberCache.REFUSALS.contains(result.result().status())) {
                CachePartition.of(call.caller()).ifPresent(caller -> cache.invalidate(invalidation, caller));
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
