package dev.botgate.server;

import dev.botgate.exchange.Arrival;
import dev.botgate.exchange.Filter;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.exchange.Service;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.json.JsonObject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Turns failures into HTTP replies: the Bot Framework's {@code ErrorResponse} in JSON.
 *
 * <p>Anything but a {@link GatewayException} is a bug: it is logged with its stack trace, and the client gets a fixed text.
 */
public final class FailureReplies implements Filter<Arrival, Arrival> {
    private static final Logger LOG = LoggerFactory.getLogger(FailureReplies.class);
    private static final String INTERNAL = "The gateway failed; its log describes the failure under this request's id";

    @Override
    public Future<Reply> apply(Arrival arrival, Service<Arrival> next) {
        Future<Reply> reply;
        try {
            reply = next.serve(arrival);
        } catch (RuntimeException | StackOverflowError bug) {
            reply = Future.failedFuture(bug);
        }
        return reply.recover(
                cause -> Future.succeededFuture(of(cause, arrival.head().requestId())));
    }

    /** The reply for {@code cause}, which is logged under {@code requestId}. */
    static Reply of(Throwable cause, String requestId) {
        GatewayException failure = cause instanceof GatewayException known
                ? known
                : new GatewayException(Failure.INTERNAL_ERROR, INTERNAL, cause);
        log(failure, requestId);
        MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("Content-Type", "application/json; charset=utf-8");
        failure.headers().forEach(headers::add);
        failure.retryAfter()
                .ifPresent(wait -> headers.add("Retry-After", Long.toString((wait.toMillis() + 999) / 1000)));
        return new Reply(
                failure.failure().status(),
                reason(failure.failure().status()),
                headers,
                new ReplyBody.Whole(new JsonObject()
                        .put(
                                "error",
                                new JsonObject()
                                        .put("code", failure.failure().code())
                                        .put("message", failure.text()))
                        .toBuffer()));
    }

    private static String reason(int status) {
        return status == 499
                ? "Client Closed Request"
                : HttpResponseStatus.valueOf(status).reasonPhrase();
    }

    private static void log(GatewayException failure, String requestId) {
        Failure.Fault fault = failure.failure().fault();
        Level level =
                switch (fault) {
                    case CLIENT -> Level.DEBUG;
                    case UPSTREAM -> Level.WARN;
                    case GATEWAY -> Level.ERROR;
                };
        var event = LOG.atLevel(level)
                .addKeyValue("requestId", requestId)
                .addKeyValue("code", failure.failure().code())
                .addKeyValue("status", failure.failure().status());
        Throwable cause = failure.getCause();
        if (fault == Failure.Fault.GATEWAY && cause != null) {
            event = event.setCause(cause);
        } else if (cause != null) {
            event = event.addKeyValue("cause", cause.getClass().getSimpleName());
        }
        event.log(failure.text());
    }
}
