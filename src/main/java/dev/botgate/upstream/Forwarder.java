package dev.botgate.upstream;

import io.vertx.core.AsyncResult;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.Meter.MeterProvider;
import dev.botgate.exchange.Call;
import dev.botgate.exchange.Deadlines;
import dev.botgate.exchange.HeaderNames;
import dev.botgate.exchange.Headers;
import dev.botgate.exchange.MemoryBudget;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.exchange.Service;
import dev.botgate.failure.FatalErrors;
import dev.botgate.failure.GatewayException;
import dev.botgate.operation.Operation;
import dev.botgate.upstream.Connectors.Connector;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.TrustOptions;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a call to its connector, once, over HTTP/1.1, and takes the reply.
 *
 * <p>Path, query, end-to-end headers and body go as they came. The host is the configured one, redirects are not
 * followed. Replies of the twelve operations are held whole up to {@link UpstreamSettings#maximumReplyBytes}, others
 * stream through. An instance belongs to one event loop.
 */
public final class Forwarder implements Service<Call> {
    private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);
    private static final HttpDecoderConfig LIMITS =
            new HttpDecoderConfig().setMaxInitialLineLength(16_384).setMaxHeaderSize(65_536);

    private final Vertx vertx;
    private final UpstreamSettings settings;
    private final Connectors connectors;
    private final OutgoingHead heads;
    private final HttpClient client;
    private final Map<String, Connections> connections;
    private final Deadlines firstByte;
    private final Deadlines idle;
    private final MemoryBudget memory;
    private final MeterRegistry registry;
    private final MeterProvider<Timer> attempts;

    /**
     * @param trust whom connectors are trusted by; null for whom Java trusts
     * @param memory bounds what bodies take in memory
     */
    public Forwarder(
            Vertx vertx,
            UpstreamSettings settings,
            Connectors connectors,
            @Nullable TrustOptions trust,
            MemoryBudget memory,
            MeterRegistry registry) {
        this.vertx = vertx;
        this.settings = settings;
        this.connectors = connectors;
        this.heads = new OutgoingHead(settings);
        this.memory = memory;
        this.registry = registry;
        this.attempts = Timer.builder("botgate.upstream.attempts")
                .description("Requests sent to connectors, to the head or the whole of the reply")
                .withRegistry(registry);
        this.firstByte = Deadlines.of(vertx, settings.firstByteTimeout());
        this.idle = Deadlines.of(vertx, settings.idleTimeout());
        this.connections = Connections.of(settings, connectors, Deadlines.of(vertx, settings.connectTimeout()));
        this.client = vertx.httpClientBuilder()
                .with(clientOptions(settings, trust))
                .with(new PoolOptions()
                        .setHttp1MaxSize(settings.maximumConnections())
                        .setMaxWaitQueueSize(settings.maximumWaiting()))
                .withConnectHandler(Forwarder::connected)
                .build();
    }

    private static HttpClientOptions clientOptions(UpstreamSettings settings, @Nullable TrustOptions trust) {
        HttpClientOptions options = new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_1_1)
                .setKeepAlive(true)
                .setPipelining(false)
                .setDecompressionSupported(false)
                .setVerifyHost(true)
                .setTrustAll(false)
                .setTcpNoDelay(true)
                .setConnectTimeout(Math.toIntExact(settings.connectTimeout().toMillis()));
        return trust == null ? options : options.setTrustOptions(trust);
    }

    private static void connected(HttpConnection connection) {
        UpstreamCodec.into(connection, LIMITS);
        ImmediateClose.into(connection);
        connection.exceptionHandler(Forwarder::connectionBroke);
    }

    /** Whoever waits for a reply is told of it too. */
    private static void connectionBroke(Throwable cause) {
        FatalErrors.report(cause);
        LOG.atDebug().addKeyValue("cause", cause.toString()).log("A connection to an upstream broke");
    }

    /** @return the upstream's reply; fails with a {@link GatewayException} whose verdict tells whether the call may have happened */
    @Override
    public Future<Reply> serve(Call call) {
        Connector connector = connectors.named(call.head().upstream());
        Timer.Sample started = Timer.start(registry);
        return sendInTurn(call, connector)
                .onComplete(result ->
                        started.stop(attempts.withTags("upstream", connector.name(), "result", resultTag(result))));
    }

    /** The status class of a reply, such as {@code 2xx}, or the code of a failure. */
    private static String resultTag(AsyncResult<Reply> result) {
        if (result.succeeded()) {
            return result.result().status() / 100 + "xx";
        }
        return result.cause() instanceof GatewayException failure ? failure.failure().code() : "InternalError";
    }

    /** What is passed through has a place among the connections until its reply has ended, or until there will be none. */
    private Future<Reply> sendInTurn(Call call, Connector connector) {
        if (call.head().route().operation() != Operation.OTHER) {
            return send(call, connector, null);
        }
        return of(connector).place(connector.name()).compose(place -> Future.succeededFuture(place)
                .compose(held -> send(call, connector, held))
                .onFailure(failed -> place.leave()));
    }

    private Connections of(Connector connector) {
        return Objects.requireNonNull(connections.get(connector.name()));
    }

    private Future<Reply> send(Call call, Connector connector, Connections.@Nullable Place place) {
        return client.request(heads.options(call, connector))
                .compose(
                        request -> sendOn(request, call, connector, place),
                        cause -> Future.failedFuture(UpstreamFailures.beforeSending(
                                connector.name(), cause, of(connector).areAllOpen())));
    }

    /** Sends the call on the connection that it has got, or on another where that one turns out to be of no use. */
    private Future<Reply> sendOn(
            HttpClientRequest request, Call call, Connector connector, Connections.@Nullable Place place) {
        // What happens to the request is told by the futures; without a handler it would be logged besides.
        request.exceptionHandler(told -> {});
        of(connector).goesOn(request.connection());
        UpstreamCodec codec = UpstreamCodec.of(request.connection());
        if (!codec.taken()) {
            return exchange(request, call, connector, place);
        }
        return codec.hasReadAll((ContextInternal) vertx.getOrCreateContext()).compose(read -> {
            if (codec.isUsable()) {
                return exchange(request, call, connector, place);
            }
            close(request);
            return send(call, connector, place);
        });
    }

    /** Closes every connection to the connectors. */
    public Future<Void> close() {
        return client.close();
    }

    private Future<Reply> exchange(
            HttpClientRequest request, Call call, Connector connector, Connections.@Nullable Place place) {
        heads.put(call, request.headers());
        Promise<HttpClientResponse> responded = Promise.promise();
        Runnable late = () -> {
            if (responded.tryFail(UpstreamFailures.noReplyInTime(connector.name()))) {
                abandon(request);
            }
        };
        UpstreamAttempt sending = UpstreamAttempt.of(request, call.payload(), firstByte, late);
        sending.response().onComplete(result -> {
            sending.answered().run();
            if (result.succeeded()) {
                HttpClientResponse response = result.result();
                if (response.statusCode() < 200) {
                    // At once, before the connection is given to another request; a reset would give it.
                    close(request);
                    responded.tryFail(UpstreamFailures.noFinalStatus(connector.name(), response.statusCode()));
                    return;
                }
                response.pause();
                if (!sending.sentWhole().getAsBoolean()) {
                    response.end().onComplete(over -> sending.finish(request));
                }
                if (place != null) {
                    response.end().onComplete(over -> place.leave());
                }
                responded.tryComplete(response);
            } else {
                responded.tryFail(UpstreamFailures.afterSending(connector.name(), result.cause()));
                abandon(request);
            }
        });
        return responded
                .future()
                .compose(
                        response -> reply(response, request, call),
                        cause -> Future.failedFuture(
                                !sending.begun().getAsBoolean() && cause instanceof GatewayException failure
                                        ? failure.withNothingSent()
                                        : cause));
    }

    /** A reset would give a connection on which nothing of the request was sent to another one. */
    private static void close(HttpClientRequest request) {
        request.connection().close().onComplete(closed -> {});
    }

    private static void abandon(HttpClientRequest request) {
        var unused = request.reset();
    }

    private Future<Reply> reply(HttpClientResponse response, HttpClientRequest request, Call call) {
        Runnable abandon = () -> abandon(request);
        MultiMap headers = Headers.endToEnd(response.headers());
        long length = length(response.getHeader(HeaderNames.CONTENT_LENGTH));
        headers.remove(HeaderNames.CONTENT_LENGTH);
        Reply reply = new Reply(response.statusCode(), response.statusMessage(), headers, new ReplyBody.Absent(length));
        if (hasNoBody(call.head().method(), response.statusCode())) {
            response.resume();
            return Future.succeededFuture(reply);
        }
        ReplyStream body = new ReplyStream(response, idle, abandon);
        boolean mutation = call.head().route().mutation();
        boolean done = mutation && response.statusCode() / 100 == 2;
        if (!isChunkedAtMost(response.headers())) {
            abandon.run();
            return done
                    ? Future.succeededFuture(reply.withBody(new ReplyBody.Cut(Buffer.buffer(), -1)))
                    : Future.failedFuture(
                            UpstreamFailures.transferCoding(call.head().upstream()));
        }
        boolean tooLarge = length > settings.maximumReplyBytes();
        if (call.head().route().operation() == Operation.OTHER) {
            return Future.succeededFuture(reply.withBody(new ReplyBody.Streamed(body, length, body::abandon)));
        }
        if (tooLarge && !mutation) {
            abandon.run();
            return Future.failedFuture(WholeBody.tooLarge(settings.maximumReplyBytes()));
        }
        WholeBody whole = new WholeBody(body, length, settings.maximumReplyBytes(), memory.reservation(), mutation);
        return whole.read()
                .compose(
                        read -> Future.succeededFuture(reply.withBody(read)),
                        cause -> done
                                ? Future.succeededFuture(reply.withBody(new ReplyBody.Cut(whole.bytes(), length)))
                                : Future.failedFuture(cause));
    }

    /** The client library undoes chunked, and takes no notice of other transfer codings. */
    private static boolean isChunkedAtMost(MultiMap headers) {
        return headers.getAll(HttpHeaders.TRANSFER_ENCODING).stream()
                .allMatch(coding -> coding.strip().equalsIgnoreCase("chunked"));
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
