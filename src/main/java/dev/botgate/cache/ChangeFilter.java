package dev.botgate.cache;

import dev.botgate.exchange.Call;
import dev.botgate.exchange.Clearance;
import dev.botgate.exchange.Filter;
import dev.botgate.exchange.Payload;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.Service;
import dev.botgate.failure.GatewayException;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * Drops a conversation's lists when a call changes its members: one that removes a member, or sends an activity that tells
 * of members who have come or gone.
 *
 * <p>Stands right before what sends, so that what the gateway refuses, for want of a permit or of a record, or has no
 * connection for drops nothing. Lists are dropped when the call goes, since the connector may act on it long before it answers, and again when it has
 * been answered or may have happened, since a list that was loaded meanwhile may not show the change.
 */
public final class ChangeFilter implements Filter<Call, Call> {
    private final MemberCache cache;

    public ChangeFilter(MemberCache cache) {
        this.cache = cache;
    }

    @Override
    public Future<Reply> apply(Call call, Service<Call> next) {
        @Nullable String conversation = call.head().route().conversation();
        if (conversation == null || !changesMembers(call)) {
            return next.serve(call);
        }
        // The same conversation may be reached by several names.
        Drop drop = new Drop(null, conversation);
        return next.serve(call.with(dropping(drop, call.clearance())))
                .compose(
                        reply -> {
                            cache.drop(drop);
                            return Future.succeededFuture(reply);
                        },
                        cause -> {
                            if (mayHaveHappened(cause)) {
                                cache.drop(drop);
                            }
                            return Future.failedFuture(cause);
                        });
    }

    /** The same leave; the lists are gone before anything that was waiting for it is sent. */
    private Clearance dropping(Drop drop, Clearance given) {
        return new Clearance() {
            @Override
            public Future<Void> renewed() {
                return given.renewed();
            }

            @Override
            public void sent() {
                given.sent();
            }

            @Override
            public Future<Boolean> last() {
                return given.last().map(goes -> {
                    if (goes) {
                        cache.drop(drop);
                    }
                    return goes;
                });
            }
        };
    }

    private static boolean changesMembers(Call call) {
        return switch (call.head().route().operation()) {
            case DELETE_CONVERSATION_MEMBER -> true;
            case SEND_TO_CONVERSATION, SEND_CONVERSATION_HISTORY, REPLY_TO_ACTIVITY, UPDATE_ACTIVITY ->
                call.payload() instanceof Payload.Whole whole && whole.namesMembers();
            default -> false;
        };
    }

    private static boolean mayHaveHappened(Throwable cause) {
        return !(cause instanceof GatewayException exception)
                || exception.failure().mayHaveHappened();
    }
}
