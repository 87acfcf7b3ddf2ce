package dev.botgate.upstream;

import dev.botgate.exchange.Call;
import dev.botgate.exchange.Headers;
import dev.botgate.exchange.Payload;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.exchange.RequestHead;
import dev.botgate.exchange.RequestIds;
import dev.botgate.exchange.Service;
import dev.botgate.operation.Operation;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import org.jspecify.annotations.Nullable;

/**
 * Sends a call to its connector, once, over HTTP/1.1, and takes the reply.
 *
 * <p>Path, query, end-to-end headers and body go as they came. The host is the configured one, redirects are not
 * followed. Replies of the twelve operations are held whole up to {@link UpstreamSettings#maximumReplyBytes}, others
 * stream through. An instance belongs to one event loop.
 */
public final class Forwarder implements Service<Call> {
    private final Vertx vertx;
    private final UpstreamSettings settings;
    private final Connectors connectors;
    private final HttpClient client;
    private final AttemptMeters meters;

    public Forwarder(Vertx vertx, UpstreamSettings settings, Connectors connectors, MeterRegistry registry) {
        this.vertx = vertx;
        this.settings = settings;
        this.connectors = connectors;
        this.meters = new AttemptMeters(registry);
        this.client = vertx.createHttpClient(
                new HttpClientOptions()
                        .setProtocolVersion(HttpVersion.HTTP_1_1)
                        .setKeepAlive(true)
                        .setPipelining(false)
                        .setDecompressionSupported(false)
                        .setVerifyHost(true)
                        .setTrustAll(false)
                        .setTcpNoDelay(true)
                        .setMaxHeaderSize(65_536)
                        .setMaxInitialLineLength(16_384)
                        .setConnectTimeout(
                                Math.toIntExact(settings.connectTimeout().toMillis())),
                new PoolOptions()
                        .setHttp1MaxSize(settings.maximumConnections())
                        .setMaxWaitQueueSize(settings.maximumWaiting()));
    }

    /** @return the upstream's reply; fails with a {@code GatewayException} whose verdict tells whether the call may have happened */
    @Override
    public Future<Reply> serve(Call call) {
        Connector connector = connectors.named(call.head().upstream());
        AttemptMeters.Attempt attempt = meters.begin(connector.name());
        return client.request(options(call, connector))
                .recover(cause -> Future.failedFuture(UpstreamFailures.beforeSending(connector.name(), cause)))
                .compose(request -> exchange(request, call, connector))
                .onComplete(attempt::end);
    }

    /** Closes every connection to the connectors. */
    public Future<Void> close() {
        return client.close();
    }

    private RequestOptions options(Call call, Connector connector) {
        RequestHead head = call.head();
        return new RequestOptions()
                .setHost(connector.host())
                .setPort(connector.port())
                .setSsl(connector.tls())
                .setMethod(HttpMethod.valueOf(head.method()))
                .setURI(connector.basePath() + head.uri())
                .setFollowRedirects(false)
                .setConnectTimeout(settings.connectTimeout().toMillis())
                .setHeaders(headers(call));
    }

    private MultiMap headers(Call call) {
        RequestHead head = call.head();
        MultiMap headers = Headers.endToEnd(head.headers());
        headers.remove("Host").remove("Content-Length").remove("Expect");
        if (call.payload() instanceof Payload.Whole whole) {
            headers.set("Content-Length", Integer.toString(whole.bytes().length()));
            if (whole.contentType() != null) {
                headers.set("Content-Type", whole.contentType());
            }
        } else if (call.payload() instanceof Payload.Streamed streamed && streamed.length() >= 0) {
            headers.set("Content-Length", Long.toString(streamed.length()));
        } else if (call.payload() instanceof Payload.None && speaksOfBody(head)) {
            headers.set("Content-Length", "0");
        }
        if (head.route().operation() != Operation.OTHER && head.route().mutation()) {
            // The gateway reads these replies: for their ids, and for the service URL of a new conversation.
            headers.set("Accept-Encoding", "identity");
        }
        if (!headers.contains(RequestIds.HEADER)) {
            headers.set(RequestIds.HEADER, head.requestId());
        }
        ForwardedHeaders.apply(settings.forwarded(), headers, head.peer());
        return headers;
    }

    /** Whether a request without body must say so: RFC 9110 section 8.6. */
    private static boolean speaksOfBody(RequestHead head) {
        return switch (head.method()) {
            case "POST", "PUT", "PATCH" -> true;
            default ->
                head.headers().contains("Content-Length") || head.headers().contains("Transfer-Encoding");
        };
    }

    private Future<Reply> exchange(HttpClientRequest request, Call call, Connector connector) {
        Promise<HttpClientResponse> responded = Promise.promise();
        long timer = vertx.setTimer(settings.firstByteTimeout().toMillis(), id -> {
            if (responded.tryFail(UpstreamFailures.noReplyInTime(connector.name()))) {
                var unused = request.reset();
            }
        });
        send(request, call.payload()).onComplete(result -> {
            if (result.succeeded()) {
                result.result().pause();
                responded.tryComplete(result.result());
            } else {
                responded.tryFail(UpstreamFailures.afterSending(connector.name(), result.cause()));
                var unused = request.reset();
            }
        });
        return responded
                .future()
                .onComplete(done -> vertx.cancelTimer(timer))
                .compose(response -> reply(response, request, call));
    }

    private static Future<HttpClientResponse> send(HttpClientRequest request, Payload payload) {
        if (payload instanceof Payload.Whole whole) {
            return request.send(whole.bytes());
        }
        if (payload instanceof Payload.Streamed streamed) {
            request.setChunked(streamed.length() < 0);
            return request.send(streamed.stream());
        }
        return request.send();
    }

    private Future<Reply> reply(HttpClientResponse response, HttpClientRequest request, Call call) {
        Runnable abandon = () -> {
            var unused = request.reset();
        };
        MultiMap headers = Headers.endToEnd(response.headers());
        long length = length(response.getHeader("Content-Length"));
        headers.remove("Content-Length");
        Reply reply = new Reply(response.statusCode(), response.statusMessage(), headers, new ReplyBody.Absent(length));
        if (hasNoBody(call.head().method(), response.statusCode())) {
            response.resume();
            return Future.succeededFuture(reply);
        }
        IdleBoundStream body = new IdleBoundStream(vertx, response, settings.idleTimeout(), abandon);
        boolean done = call.head().route().mutation() && response.statusCode() / 100 == 2;
        boolean tooLarge = length > settings.maximumReplyBytes();
        if (call.head().route().operation() == Operation.OTHER || (tooLarge && done)) {
            return Future.succeededFuture(reply.withBody(new ReplyBody.Streamed(body, length, abandon)));
        }
        if (tooLarge) {
            abandon.run();
            return Future.failedFuture(WholeBody.tooLarge(settings.maximumReplyBytes()));
        }
        WholeBody whole = new WholeBody(body, settings.maximumReplyBytes(), abandon);
        return whole.read()
                .map(bytes -> reply.withBody(new ReplyBody.Whole(bytes)))
                .recover(cause -> done
                        ? Future.succeededFuture(reply.withBody(new ReplyBody.Cut(whole.soFar(), length)))
                        : Future.failedFuture(cause));
    }

    /** RFC 9110 section 6.4.1. */
    private static boolean hasNoBody(String method, int status) {
        return method.equals("HEAD") || status == 204 || status == 304;
    }

    private static long length(@Nullable String contentLength) {
        try {
            return contentLength == null ? -1 : Long.parseLong(contentLength.strip());
        } catch (NumberFormatException unreadable) {
            return -1;
        }
    }
}
