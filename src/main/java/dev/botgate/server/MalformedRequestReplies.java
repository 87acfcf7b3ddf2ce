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

/** Answers requests that are not understood. Used on one event loop. */
final class MalformedRequestReplies {
    private final ServerSettings settings;

    MalformedRequestReplies(ServerSettings settings) {
        this.settings = settings;
    }

    /**
     * Answers a request whose head is ambiguous; whatever follows on that connection is not believed.
     *
     * @return the status of the answer
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
     * Answers a request whose chunks are broken, if who reads them has not done so already. The connection is closed without
     * flushing as soon as this returns, so what is written must go out before.
     */
    void refuseRest(HttpServerRequest request, GatewayException refusal, String requestId) {
        HttpServerResponse response = request.response();
        if (!response.headWritten() && !response.closed()) {
            // A streamed reply's head may stand there already, waiting for the first of its body.
            response.setChunked(false).headers().clear();
            refuse(request, refusal, requestId);
        }
        request.connection().close().onComplete(closed -> {});
    }

    /** Answers what the decoder could not read. */
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
