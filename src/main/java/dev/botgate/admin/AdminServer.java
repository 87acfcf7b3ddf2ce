package dev.botgate.admin;

import dev.botgate.failure.Failure;
import dev.botgate.failure.FatalErrors;
import dev.botgate.failure.GatewayException;
import dev.botgate.server.ClientConnections;
import dev.botgate.server.ConnectionLimits;
import dev.botgate.server.HeadCheck;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The operator's listener. Everything behind it has passed {@link Authentication}. */
public final class AdminServer {
    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);
    /** Fetch Metadata Request Headers, section 2.3. */
    private static final String FETCH_SITE = "Sec-Fetch-Site";

    private static final Duration HEAD_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration WRITE_TIMEOUT = Duration.ofSeconds(30);

    private final HttpServer server;
    private final ClientConnections connections;
    private final Router router;

    public AdminServer(
            Vertx vertx,
            AdminSettings settings,
            Authentication authentication,
            List<AdminRoutes> routes,
            MeterRegistry registry) {
        HttpServerOptions options = new HttpServerOptions()
                .setHost(settings.host())
                .setPort(settings.port())
                .setIdleTimeout(60)
                .setIdleTimeoutUnit(TimeUnit.SECONDS)
                .setHttp2ClearTextEnabled(false)
                .setSendBufferSize(ClientConnections.SEND_BUFFER)
                .setCompressionSupported(true);
        this.server = vertx.createHttpServer(options);
        this.connections = new ClientConnections(
                vertx, options, ConnectionLimits.ofOperators(registry), 1, HEAD_TIMEOUT, WRITE_TIMEOUT, registry);
        this.router = Router.router(vertx);
        router.route().failureHandler(AdminServer::fail);
        if (!settings.authenticationRequired()) {
            router.route().handler(AdminServer::onlyThisMachine);
        }
        router.route().handler(authentication::check);
        routes.forEach(group -> group.mount(router));
        router.route()
                .handler(context ->
                        context.fail(404, new GatewayException(Failure.MALFORMED_REQUEST, "No such resource")));
    }

    /** @return the port that was bound */
    public Future<Integer> start() {
        return server.connectionHandler(connection -> {
                    connections.accept(connection);
                    connection.exceptionHandler(FatalErrors::report);
                })
                .requestHandler(this::handle)
                .invalidRequestHandler(request -> refuse(request, HeadCheck.unreadable(request)))
                .listen()
                .map(HttpServer::actualPort);
    }

    /** What the router is asked is readable in one way only. */
    private void handle(HttpServerRequest request) {
        try {
            OperatorHead.check(request);
        } catch (GatewayException refusal) {
            refuse(request, refusal);
            return;
        }
        router.handle(request);
    }

    private static void refuse(HttpServerRequest request, GatewayException refusal) {
        request.response().putHeader("Connection", "close");
        write(request.response(), refusal.failure().status(), refusal.failure().code(), refusal.text())
                .onComplete(written -> request.connection().close());
    }

    public Future<Void> stop() {
        return server.shutdown(1, TimeUnit.SECONDS);
    }

    /**
     * Where no token is needed, a web page from elsewhere must not read along under a name that was rebound to this machine,
     * nor change anything by a request that its visitor's browser makes.
     */
    private static void onlyThisMachine(RoutingContext context) {
        HostAndPort host = context.request().authority();
        String origin = context.request().getHeader(HttpHeaders.ORIGIN);
        // Browsers name the host always; a probe of HTTP/1.0 need not.
        if (host != null && !AdminSettings.loopback(host.host())) {
            context.fail(421, elsewhere(Failure.MALFORMED_REQUEST, "Host"));
        } else if (origin != null && !loopback(origin)) {
            context.fail(elsewhere(Failure.FORBIDDEN, "Origin"));
        } else if (origin == null && foreign(context.request().getHeader(FETCH_SITE))) {
            context.fail(elsewhere(Failure.FORBIDDEN, FETCH_SITE));
        } else {
            context.next();
        }
    }

    /** An image or a link of another page's has no origin, and its reply is not shown to that page; but it would be recorded. */
    private static boolean foreign(@Nullable String site) {
        return site != null && !site.equals("same-origin") && !site.equals("none");
    }

    private static boolean loopback(String origin) {
        HostAndPort from = HostAndPort.parseAuthority(origin.replaceFirst("^https?://", ""), -1);
        return from != null && AdminSettings.loopback(from.host());
    }

    private static GatewayException elsewhere(Failure failure, String header) {
        return new GatewayException(
                failure,
                header + ": not of this machine (expected: localhost, 127.x.x.x or [::1], or tokens under"
                        + " admin.authentication with required: always)");
    }

    private static void fail(RoutingContext context) {
        Throwable cause = context.failure();
        int status = context.statusCode();
        String code;
        String message;
        if (cause instanceof GatewayException failure) {
            status = status >= 400 && status != 500 ? status : failure.failure().status();
            code = status == 404 ? "NotFound" : failure.failure().code();
            message = failure.text();
            failure.retryAfter().ifPresent(wait -> context.response()
                    .putHeader("Retry-After", Long.toString(wait.plusMillis(999).toSeconds())));
        } else if (cause == null && status >= 400) {
            code = status == 405 ? "MethodNotAllowed" : "MalformedRequest";
            message = "This request is not understood here";
        } else {
            status = 500;
            code = Failure.INTERNAL_ERROR.code();
            message = "The operator's listener failed; the log tells more";
            LOG.atError()
                    .addKeyValue("path", context.normalizedPath())
                    .setCause(cause)
                    .log(message);
        }
        write(context.response(), status, code, message).onComplete(written -> {});
    }

    private static Future<Void> write(HttpServerResponse response, int status, String code, String message) {
        return response.setStatusCode(status)
                .putHeader("Content-Type", "application/json; charset=utf-8")
                .end(new JsonObject()
                        .put("error", new JsonObject().put("code", code).put("message", message))
                        .toBuffer());
    }
}
