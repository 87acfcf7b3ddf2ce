package dev.botgate.cache;

import dev.botgate.exchange.Call;
import dev.botgate.exchange.Filter;
import dev.botgate.exchange.Payload;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.Service;
import io.vertx.core.Future;

/** Drops a conversation's lists when an activity that is sent there tells of members who have come or gone. */
public final class UpdateFilter implements Filter<Call, Call> {
    private final MemberCache cache;

    public UpdateFilter(MemberCache cache) {
        this.cache = cache;
    }

    @Override
    public Future<Reply> apply(Call call, Service<Call> next) {
        boolean update =
                call.payload() instanceof Payload.Whole whole && isOfActivities(call) && NamedMembers.in(whole.bytes());
        return update ? Dropping.around(call.head(), cache, () -> next.serve(call)) : next.serve(call);
    }

    private static boolean isOfActivities(Call call) {
        return switch (call.head().route().operation()) {
            case SEND_TO_CONVERSATION, SEND_CONVERSATION_HISTORY, REPLY_TO_ACTIVITY, UPDATE_ACTIVITY -> true;
            default -> false;
        };
    }
}
