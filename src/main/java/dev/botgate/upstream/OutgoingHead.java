package dev.botgate.upstream;

import dev.botgate.exchange.Call;
import dev.botgate.exchange.HeaderNames;
import dev.botgate.exchange.Headers;
import dev.botgate.exchange.Payload;
import dev.botgate.exchange.RequestHead;
import dev.botgate.operation.Operation;
import dev.botgate.upstream.Connectors.Connector;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;

/** Builds the heads of requests to connectors from the clients' heads. */
final class OutgoingHead {
    private final UpstreamSettings settings;

    OutgoingHead(UpstreamSettings settings) {
        this.settings = settings;
    }

    /** The address and request line of {@code call}. */
    RequestOptions options(Call call, Connector connector) {
        RequestHead head = call.head();
        return new RequestOptions()
                .setHost(connector.host())
                .setPort(connector.port())
                .setSsl(connector.tls())
                .setMethod(HttpMethod.valueOf(head.method()))
                .setURI(connector.basePath() + head.uri())
                .setFollowRedirects(false)
                .setConnectTimeout(settings.connectTimeout().toMillis());
    }

    /** Adds the headers of {@code call} to {@code headers}; called right before the request is sent. */
    void put(Call call, MultiMap headers) {
        RequestHead head = call.head();
        Headers.putEndToEnd(head.headers(), headers);
        headers.remove(HeaderNames.HOST).remove(HeaderNames.CONTENT_LENGTH).remove(HeaderNames.EXPECT);
        if (call.payload() instanceof Payload.Whole whole) {
            headers.set(
                    HeaderNames.CONTENT_LENGTH, Integer.toString(whole.bytes().length()));
            if (whole.contentType() != null) {
                headers.set(HeaderNames.CONTENT_TYPE, whole.contentType());
            }
        } else if (call.payload() instanceof Payload.Streamed streamed && streamed.length() >= 0) {
            headers.set(HeaderNames.CONTENT_LENGTH, Long.toString(streamed.length()));
        } else if (call.payload() instanceof Payload.None && needsContentLength(head)) {
            headers.set(HeaderNames.CONTENT_LENGTH, "0");
        }
        if (head.route().operation() != Operation.OTHER && head.route().mutation()) {
            // The gateway reads these replies: for their ids, and for the service URL of a new conversation.
            headers.set(HeaderNames.ACCEPT_ENCODING, "identity");
        }
        if (!headers.contains(HeaderNames.REQUEST_ID)) {
            headers.set(HeaderNames.REQUEST_ID, head.requestId());
        }
        ForwardedHeaders.apply(settings.forwarded(), headers, head.peer());
    }

    /** Whether a request without body needs {@code Content-Length: 0} (RFC 9110 section 8.6). */
    private static boolean needsContentLength(RequestHead head) {
        return switch (head.method()) {
            case "POST", "PUT", "PATCH" -> true;
            default ->
                head.headers().contains("Content-Length") || head.headers().contains("Transfer-Encoding");
        };
    }
}
