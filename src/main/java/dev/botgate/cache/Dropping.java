package dev.botgate.cache;

import dev.botgate.exchange.Reply;
import dev.botgate.exchange.RequestHead;
import dev.botgate.failure.GatewayException;
import io.vertx.core.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Drops a conversation's lists around a request that changes its members. */
final class Dropping {
    private Dropping() {}

    /**
     * Drops the lists at once, since who asks from now on may already see the change, and again when it has happened or
     * may have, since a list that was loaded meanwhile may not show it.
     */
    static Future<Reply> around(RequestHead head, MemberCache cache, Supplier<Future<Reply>> change) {
        @Nullable String conversation = head.route().conversation();
        if (conversation == null) {
            return change.get();
        }
        Drop drop = new Drop(head.upstream(), conversation);
        cache.drop(drop);
        return change.get()
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

    private static boolean mayHaveHappened(Throwable cause) {
        return !(cause instanceof GatewayException exception)
                || exception.failure().mayHaveHappened();
    }
}
