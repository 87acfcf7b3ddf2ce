package dev.botgate.server;

import dev.botgate.exchange.Arrival;
import dev.botgate.exchange.Deadlines;
import dev.botgate.exchange.Destination;
import dev.botgate.exchange.HeaderNames;
import dev.botgate.exchange.MemoryBudget;
import dev.botgate.exchange.Peer;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.RequestHead;
import dev.botgate.exchange.RequestIds;
import dev.botgate.exchange.Service;
import dev.botgate.failure.Failure;
import dev.botgate.failure.FatalErrors;
import dev.botgate.failure.GatewayException;
import dev.botgate.operation.Operation;
import dev.botgate.operation.Route;
import dev.botgate.operation.RouteTable;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The data listener of one event loop: turns HTTP requests into arrivals, and their replies into HTTP.
 *
 * <p>Several instances share one port. An instance is used on the event loop that started it.
 */
public final class GatewayServer {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayServer.class);

    private final Vertx vertx;
    private final ServerSettings settings;
    private final Function<String, Destination> destinations;
    private final Service<Arrival> service;
    private final InstantSource clock;
    private final MemoryBudget memory;
    private final RequestTimers timers;
    private final MalformedRequestReplies malformedReplies;
    private final ReplyWriter writer;
    private final HttpServer server;
    private final ClientConnections connections;
    private final Deadlines bodyTimeout;
    private int activeRequests;
    private boolean stopping;
    private @Nullable Promise<Void> idle;

    /**
     * @param destinations chooses the connector by a request's raw path and query
     * @param service the pipeline
     * @param memory limits the memory of bodies
     * @param limits bounds the connections of all instances
     */
    public GatewayServer(
            Vertx vertx,
            ServerSettings settings,
            Function<String, Destination> destinations,
            Service<Arrival> service,
            MemoryBudget memory,
            ConnectionLimits limits,
            InstantSource clock,
            MeterRegistry registry) {
        this.vertx = vertx;
        this.settings = settings;
        this.destinations = destinations;
        this.service = service;
        this.memory = memory;
        this.clock = clock;
        this.timers = new RequestTimers(registry);
        this.malformedReplies = new MalformedRequestReplies(settings);
        this.writer = new ReplyWriter(memory);
        this.bodyTimeout = Deadlines.of(vertx, settings.bodyTimeout());
        HttpServerOptions options = new HttpServerOptions()
                .setHost(settings.host())
                .setMaxHeaderSize(settings.maximumHeaderBytes())
                .setMaxInitialLineLength(settings.maximumUriBytes())
                .setIdleTimeout(Math.toIntExact(settings.idleTimeout().toMillis()))
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setHandle100ContinueAutomatically(false)
                .setHttp2ClearTextEnabled(false)
                .setCompressionSupported(false)
                .setDecompressionSupported(false)
                // WebSockets are not supported, and their handlers would inspect every message.
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setStrictThreadMode(true)
                .setSendBufferSize(ClientConnections.SEND_BUFFER)
                .setTcpNoDelay(true);
        this.server = vertx.createHttpServer(options);
        this.connections = new ClientConnections(
                vertx,
                options,
                limits,
                settings.actualEventLoops(),
                settings.headTimeout(),
                settings.writeTimeout(),
                registry);
    }

    /** Starts on the port of the settings. */
    public Future<Integer> start() {
        return start(settings.port());
    }

    /** @return the port that was bound */
    public Future<Integer> start(int port) {
        return server.connectionHandler(connection -> {
                    connections.accept(connection);
                    connection.exceptionHandler(GatewayServer::connectionBroke);
                })
                .requestHandler(this::handle)
                .invalidRequestHandler(malformedReplies::refuseUnreadable)
                .listen(port)
                .map(HttpServer::actualPort);
    }

    /**
     * Stops accepting, and waits for the requests under way.
     *
     * @return succeeds when none is under way, or after {@link ServerSettings#shutdownTimeout}
     */
    public Future<Void> stop() {
        stopping = true;
        Promise<Void> idle = Promise.promise();
        this.idle = idle;
        if (activeRequests == 0) {
            idle.tryComplete();
        }
        long millis = settings.shutdownTimeout().toMillis();
        long timer = vertx.setTimer(millis, id -> idle.tryComplete());
        Future<Void> closed = server.shutdown(millis, TimeUnit.MILLISECONDS);
        return idle.future().onComplete(done -> vertx.cancelTimer(timer)).eventually(() -> closed);
    }

    private void handle(HttpServerRequest request) {
        if (request.method().equals(HttpMethod.OPTIONS) && "*".equals(request.uri())) {
            answerServerOptions(request);
            return;
        }
        request.pause();
        Timer.Sample sample = timers.begin();
        String requestId = RequestIds.valid(request.getHeader(HeaderNames.REQUEST_ID))
                .orElseGet(() -> UUID.randomUUID().toString());
        activeRequests++;
        RequestBody body;
        Route route;
        Future<Reply> answered;
        try {
            MethodFilter.refuseConnect(request.method().name());
            String target = HeadCheck.target(request.version(), request.uri(), request.headers());
            body = new RequestBody(
                    request,
                    bodyTimeout,
                    memory.reservation(),
                    malformed -> malformedReplies.refuseRest(request, malformed, requestId));
            RequestHead head = head(request, requestId, target);
            route = head.route();
            answered = serve(new Arrival(head, body));
        } catch (RuntimeException refused) {
            timers.end(sample, Operation.OTHER, malformedReplies.refuse(request, refused, requestId));
            requestEnded();
            return;
        }
        answered.onComplete(result -> {
            Reply reply = result.succeeded() ? result.result() : FailureReplies.of(result.cause(), requestId);
            timers.end(sample, route.operation(), reply.status());
            write(request, body, reply, route, requestId).onComplete(written -> {
                if (written.failed()) {
                    logUnwritten(request, written.cause(), requestId);
                }
                body.release();
                requestEnded();
            });
        });
    }

    /**
     * Answers {@code OPTIONS *}. If a body is announced, the connection is closed after the reply: the client may or may not
     * send the body after it.
     */
    private void answerServerOptions(HttpServerRequest request) {
        try {
            HeadCheck.headers(request.version(), request.headers());
        } catch (GatewayException refusal) {
            malformedReplies.refuse(request, refusal, UUID.randomUUID().toString());
            return;
        }
        boolean body = request.headers().contains(HeaderNames.CONTENT_LENGTH)
                || request.headers().contains(HeaderNames.TRANSFER_ENCODING);
        if (body) {
            RequestDecoder.of(request).closeAfterReply();
        }
        request.response()
                .setStatusCode(204)
                .putHeader("Allow", MethodFilter.ALLOWED)
                .end()
                .onComplete(written -> {});
    }

    private Future<Void> write(
            HttpServerRequest request, RequestBody body, Reply reply, Route route, String requestId) {
        LOG.atDebug()
                .addKeyValue("requestId", requestId)
                .addKeyValue("operation", route.operation().id())
                .addKeyValue("status", reply.status())
                .log("Answered");
        try {
            return writer.write(request, body, reply, requestId);
        } catch (RuntimeException | StackOverflowError bug) {
            return Future.failedFuture(bug);
        }
    }

    private Future<Reply> serve(Arrival arrival) {
        return stopping
                ? Future.failedFuture(new GatewayException(Failure.SHUTTING_DOWN, "The gateway is stopping"))
                : service.serve(arrival);
    }

    private RequestHead head(HttpServerRequest request, String requestId, String target) {
        Destination destination = destinations.apply(target);
        int question = destination.uri().indexOf('?');
        String path = question < 0 ? destination.uri() : destination.uri().substring(0, question);
        String method = request.method().name();
        String host = request.getHeader(HeaderNames.HOST);
        return new RequestHead(
                requestId,
                Instant.ofEpochMilli(clock.millis()),
                method,
                destination.upstream(),
                destination.uri(),
                RouteTable.match(method, path),
                request.headers(),
                new Peer(request.remoteAddress().hostAddress(), request.scheme(), host == null ? "" : host));
    }

    /** Logged at debug: the request that uses the connection fails with the same cause. */
    private static void connectionBroke(Throwable cause) {
        FatalErrors.report(cause);
        LOG.atDebug().addKeyValue("cause", cause.toString()).log("A connection to a client broke");
    }

    /** Expected are a disconnected client and a broken upstream, which are logged elsewhere; any other cause is a bug. */
    private static void logUnwritten(HttpServerRequest request, Throwable cause, String requestId) {
        FatalErrors.report(cause);
        boolean expected = cause instanceof GatewayException
                || cause instanceof IOException
                || cause instanceof HttpClosedException
                || request.response().closed();
        LOG.atLevel(expected ? Level.DEBUG : Level.ERROR)
                .addKeyValue("requestId", requestId)
                .setCause(expected ? null : cause)
                .log("The reply could not be written completely");
    }

    private void requestEnded() {
        activeRequests--;
        if (activeRequests == 0 && idle != null) {
            idle.tryComplete();
        }
    }

    /** Times requests by operation and status. */
    private static final class RequestTimers {
        private final MeterRegistry registry;
        private final Map<Key, Timer> timers = new ConcurrentHashMap<>();

        RequestTimers(MeterRegistry registry) {
            this.registry = registry;
        }

        Timer.Sample begin() {
            return Timer.start(registry);
        }

        void end(Timer.Sample sample, Operation operation, int status) {
            Key key = new Key(operation, status);
            Timer known = timers.get(key);
            var unused = sample.stop(known != null ? known : timers.computeIfAbsent(key, this::timer));
        }

        private Timer timer(Key key) {
            return Timer.builder("botgate.requests")
                    .description("Requests, from their head to the reply's head")
                    .tag("operation", key.operation().id())
                    .tag("route", key.operation().template())
                    .tag("status", Integer.toString(key.status()))
                    .publishPercentileHistogram()
                    .register(registry);
        }

        private record Key(Operation operation, int status) {}
    }
}
