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
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The operator's listener. Every request passes {@link Authentication} first. */
public final class AdminServer {
    /** Fetch Metadata Request Headers, section 2.3. */
    private static final String FETCH_SITE = "Sec-Fetch-Site";

    private static final Pattern BAD_ESCAPE = Pattern.compile("%(?![0-9a-fA-F]{2})");
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
        router.route().failureHandler(AdminReply::fail);
        if (!settings.authenticationRequired()) {
            router.route().handler(AdminServer::requireLoopback);
        }
        router.route().handler(authentication::check);
        routes.forEach(group -> group.mount(router));
        router.route().handler(context -> context.fail(new AdminReply.NotFoundException("No such resource")));
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

    /** Refuses a head that the data listeners would refuse, before the router reads it. */
    private void handle(HttpServerRequest request) {
        try {
            checkEscapes(HeadCheck.target(request.version(), request.uri(), request.headers()));
        } catch (GatewayException refusal) {
            refuse(request, refusal);
            return;
        }
        router.handle(request);
    }

    /** The router decodes the target, and fails on what cannot be decoded. */
    private static void checkEscapes(String target) {
        if (BAD_ESCAPE.matcher(target).find()) {
            throw new GatewayException(
                    Failure.MALFORMED_REQUEST, "The request target has a % without two hexadecimal digits");
        }
    }

    private static void refuse(HttpServerRequest request, GatewayException refusal) {
        request.response().putHeader("Connection", "close");
        AdminReply.error(
                        request.response(),
                        refusal.failure().status(),
                        refusal.failure().code(),
                        refusal.text())
                .onComplete(written -> request.connection().close());
    }

    public Future<Void> stop() {
        return server.shutdown(1, TimeUnit.SECONDS);
    }

    /**
     * Without tokens, a web page of another site must be able neither to read anything under a host name that it rebinds to
     * this machine (DNS rebinding), nor to change anything by a request from the browser (CSRF).
     */
    private static void requireLoopback(RoutingContext context) {
        HostAndPort host = context.request().authority();
        String origin = context.request().getHeader(HttpHeaders.ORIGIN);
        // Browsers always send Host; a probe with HTTP/1.0 need not.
        if (host != null && !AdminSettings.loopback(host.host())) {
            context.fail(421, notLoopback(Failure.MALFORMED_REQUEST, "Host"));
        } else if (origin != null && !loopback(origin)) {
            context.fail(notLoopback(Failure.FORBIDDEN, "Origin"));
        } else if (origin == null && crossSite(context.request().getHeader(FETCH_SITE))) {
            context.fail(notLoopback(Failure.FORBIDDEN, FETCH_SITE));
        } else {
            context.next();
        }
    }

    /**
     * A browser sends no Origin for an image or a link. The other site could not see the reply, but it would be recorded.
     */
    private static boolean crossSite(@Nullable String site) {
        return site != null && !site.equals("same-origin") && !site.equals("none");
    }

    private static boolean loopback(String origin) {
        HostAndPort from = HostAndPort.parseAuthority(origin.replaceFirst("^https?://", ""), -1);
        return from != null && AdminSettings.loopback(from.host());
    }

    private static GatewayException notLoopback(Failure failure, String header) {
        return new GatewayException(
                failure,
                header + ": not this machine (expected: localhost, 127.x.x.x or [::1], or tokens under"
                        + " admin.authentication with required: always)");
    }
}
