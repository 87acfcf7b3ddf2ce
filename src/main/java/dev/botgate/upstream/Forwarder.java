package dev.botgate.upstream;

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
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.vertx.core.AsyncResult;
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
 * Sends a call to its connector once, over HTTP/1.1, and reads the reply.
 *
 * <p>Path, query, end-to-end headers and body are sent unchanged, to the configured host. Redirects are not followed.
 * Replies of the twelve operations are held whole up to {@link UpstreamSettings#maximumReplyBytes}, others stream
 * through. An instance belongs to one event loop.
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
     * @param trust the certificates that are trusted; null for those of the JVM
     * @param memory bounds the memory that bodies take
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

    /** A request on the connection fails on its own. */
    private static void connectionBroke(Throwable cause) {
        FatalErrors.report(cause);
        LOG.atDebug().addKeyValue("cause", cause.toString()).log("A connection to an upstream broke");
    }

    /**
     * @return the upstream's reply; fails with a {@link GatewayException} that tells whether the connector may have
     *     acted
     */
    @Override
    public Future<Reply> serve(Call call) {
        Connector connector = connectors.named(call.head().upstream());
        Timer.Sample started = Timer.start(registry);
        return sendWithSlot(call, connector)
                .onComplete(result ->
                        started.stop(attempts.withTags("upstream", connector.name(), "result", resultTag(result))));
    }

    /** The status class of a reply, such as {@code 2xx}, or the code of a failure. */
    private static String resultTag(AsyncResult<Reply> result) {
        if (result.succeeded()) {
            return result.result().status() / 100 + "xx";
        }
        return result.cause() instanceof GatewayException failure
                ? failure.failure().code()
                : "InternalError";
    }

    /** Sends at once, or, outside the twelve operations, with a slot that is held until the reply has ended. */
    private Future<Reply> sendWithSlot(Call call, Connector connector) {
        if (call.head().route().operation() != Operation.OTHER) {
            return send(call, connector, null);
        }
        return of(connector).acquire(connector.name()).compose(slot -> Future.succeededFuture(slot)
                .compose(held -> send(call, connector, held))
                .onFailure(failed -> slot.release()));
    }

    private Connections of(Connector connector) {
        return Objects.requireNonNull(connections.get(connector.name()));
    }

    private Future<Reply> send(Call call, Connector connector, Connections.@Nullable PassThroughSlot slot) {
        return client.request(heads.options(call, connector))
                .compose(
                        request -> sendOn(request, call, connector, slot),
                        cause -> Future.failedFuture(UpstreamFailures.beforeSending(
                                connector.name(), cause, of(connector).atMaximum())));
    }

    /** Sends the call on the connection of {@code request}, or on another one if that turns out to be closed. */
    private Future<Reply> sendOn(
            HttpClientRequest request, Call call, Connector connector, Connections.@Nullable PassThroughSlot slot) {
        // The futures report failures; without a handler Vert.x would log them as well.
        request.exceptionHandler(ignored -> {});
        of(connector).track(request.connection());
        UpstreamCodec codec = UpstreamCodec.of(request.connection());
        if (!codec.beginUse()) {
            return exchange(request, call, connector, slot);
        }
        return codec.drainSocket((ContextInternal) vertx.getOrCreateContext()).compose(read -> {
            if (codec.isUsable()) {
                return exchange(request, call, connector, slot);
            }
            close(request);
            return send(call, connector, slot);
        });
    }

    /** Closes every connection to the connectors. */
    public Future<Void> close() {
        return client.close();
    }

    private Future<Reply> exchange(
            HttpClientRequest request, Call call, Connector connector, Connections.@Nullable PassThroughSlot slot) {
        heads.put(call, request.headers());
        Promise<HttpClientResponse> responded = Promise.promise();
        Runnable onTimeout = () -> {
            if (responded.tryFail(UpstreamFailures.noReplyInTime(connector.name()))) {
                abandon(request);
            }
        };
        UpstreamAttempt sending = UpstreamAttempt.of(request, call.payload(), firstByte, onTimeout);
        sending.response().onComplete(result -> {
            sending.stopTimeout().run();
            if (result.succeeded()) {
                HttpClientResponse response = result.result();
                if (response.statusCode() < 200) {
                    // Close at once, before another request gets the connection; a reset would return it to the pool.
                    close(request);
                    responded.tryFail(UpstreamFailures.noFinalStatus(connector.name(), response.statusCode()));
                    return;
                }
                response.pause();
                if (!sending.sentWhole().getAsBoolean()) {
                    response.end().onComplete(ended -> sending.closeUnlessSent(request));
                }
                if (slot != null) {
                    response.end().onComplete(ended -> slot.release());
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

    /** Closes the connection. A reset would return it to the pool if nothing of the request was sent. */
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
        if (!isAtMostChunked(response.headers())) {
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

    /** Vert.x decodes {@code chunked} and ignores other transfer codings. */
    private static boolean isAtMostChunked(MultiMap headers) {
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
