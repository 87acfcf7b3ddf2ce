package dev.botgate.exchange;

import dev.botgate.failure.GatewayException;
import io.vertx.core.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Filters that cannot lose a reply: where one of them fails on what the next service has answered, which is a fault of the
 * gateway, that reply goes on as it came. An error in its place would make the client send again what has been done.
 *
 * <p>A {@link GatewayException} is no such fault, but the filters' own answer.
 */
public final class ReplyKeeper<R, S> implements Filter<R, S> {
    private static final Logger LOG = LoggerFactory.getLogger(ReplyKeeper.class);

    private final Filter<R, S> filters;
    private final Function<R, RequestHead> head;

    public ReplyKeeper(Filter<R, S> filters, Function<R, RequestHead> head) {
        this.filters = filters;
        this.head = head;
    }

    @Override
    public Future<Reply> apply(R request, Service<S> next) {
        Latest latest = new Latest();
        Service<S> overheard = made -> next.serve(made).map(latest::is);
        Future<Reply> answer;
        try {
            answer = filters.apply(request, overheard);
        } catch (RuntimeException fault) {
            answer = Future.failedFuture(fault);
        }
        return answer.recover(cause -> {
            Reply reply = latest.reply;
            if (reply == null || cause instanceof GatewayException) {
                return Future.failedFuture(cause);
            }
            LOG.atError()
                    .addKeyValue("requestId", head.apply(request).requestId())
                    .addKeyValue("status", reply.status())
                    .setCause(cause)
                    .log("The gateway failed after the reply had come, which goes on as it came");
            return Future.succeededFuture(reply);
        });
    }

    /** The reply that came last. */
    private static final class Latest {
        private @Nullable Reply reply;

        Reply is(Reply came) {
            reply = came;
            return came;
        }
    }
}
