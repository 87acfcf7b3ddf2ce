package dev.botgate.pipeline;

import dev.botgate.exchange.Arrival;
import dev.botgate.exchange.Filter;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.Service;
import dev.botgate.failure.GatewayException;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Phases that cannot lose a reply. If a bug makes one of them fail after the next service has replied, the client gets
 * that reply unchanged: an error would make the client repeat what was done.
 *
 * <p>A {@link GatewayException} is intended, and replaces the reply.
 */
record ReplyKeeper<S>(Filter<Arrival, S> phases) implements Filter<Arrival, S> {
    private static final Logger LOG = LoggerFactory.getLogger(ReplyKeeper.class);

    @Override
    public Future<Reply> apply(Arrival arrival, Service<S> next) {
        LatestReply latest = new LatestReply();
        Service<S> observed = request -> next.serve(request).map(latest::set);
        Future<Reply> answer;
        try {
            answer = phases.apply(arrival, observed);
        } catch (RuntimeException bug) {
            answer = Future.failedFuture(bug);
        }
        return answer.recover(cause -> {
            Reply reply = latest.reply;
            if (reply == null || cause instanceof GatewayException) {
                return Future.failedFuture(cause);
            }
            LOG.atError()
                    .addKeyValue("requestId", arrival.head().requestId())
                    .addKeyValue("status", reply.status())
                    .setCause(cause)
                    .log("The gateway failed after the reply had arrived; the client gets the reply unchanged");
            return Future.succeededFuture(reply);
        });
    }

    private static final class LatestReply {
        private @Nullable Reply reply;

        Reply set(Reply arrived) {
            reply = arrived;
            return arrived;
        }
    }
}
