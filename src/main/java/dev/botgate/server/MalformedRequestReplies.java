package dev.botgate.server;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.exchange.RequestIds;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.UUID;

/** Replies to malformed requests. Used on one event loop. */
final class MalformedRequestReplies {
    private final ServerSettings settings;

    MalformedRequestReplies(ServerSettings settings) {
        this.settings = settings;
    }

    /**
     * Refuses a request, and closes its connection after the reply.
     *
     * @return the status of the reply
     */
    @CanIgnoreReturnValue
    int refuse(HttpServerRequest request, RuntimeException refusal, String requestId) {
        Reply reply = FailureReplies.of(refusal, requestId);
        RequestDecoder.of(request).closeAfterReply();
        request.response().headers().addAll(reply.headers());
        request.response()
                .setStatusCode(reply.status())
                .putHeader(RequestIds.REPLY_HEADER, requestId)
                .end(((ReplyBody.Whole) reply.body()).bytes())
                .onComplete(written -> {});
        return reply.status();
    }

    /**
     * Refuses a request with malformed chunks, unless its reply has begun, and closes the connection. Vert.x closes it without
     * flushing as soon as this returns, so the reply must go out before.
     */
    void refuseRest(HttpServerRequest request, GatewayException refusal, String requestId) {
        HttpServerResponse response = request.response();
        if (!response.headWritten() && !response.closed()) {
            // The head of a streamed reply may be set already, and wait for the first chunk of its body.
            response.setChunked(false).headers().clear();
            refuse(request, refusal, requestId);
        }
        request.connection().close().onComplete(closed -> {});
    }

    /** Refuses a request that the decoder could not read. */
    void refuseUnreadable(HttpServerRequest request) {
        Throwable cause = request.decoderResult().cause();
        GatewayException refusal;
        if (cause instanceof TooLongHttpLineException) {
            refusal = new GatewayException(
                    Failure.URI_TOO_LONG,
                    "The request line is longer than maximum-uri-bytes, " + settings.maximumUriBytes());
        } else if (cause instanceof TooLongHttpHeaderException) {
            refusal = new GatewayException(
                    Failure.HEADERS_TOO_LARGE,
                    "The headers are larger than maximum-header-bytes, " + settings.maximumHeaderBytes());
        } else {
            refusal = HeadCheck.unreadable(request);
        }
        refuse(request, refusal, UUID.randomUUID().toString());
    }
}
