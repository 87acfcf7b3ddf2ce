package dev.botgate.admin;

import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The operator's listener. Everything behind it has passed {@link Authentication}. */
public final class AdminServer {
    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);

    private final HttpServer server;
    private final Router router;

    public AdminServer(Vertx vertx, AdminSettings settings, Authentication authentication, List<AdminRoutes> routes) {
        this.server = vertx.createHttpServer(new HttpServerOptions()
                .setHost(settings.host())
                .setPort(settings.port())
                .setIdleTimeout(60)
                .setIdleTimeoutUnit(TimeUnit.SECONDS)
                .setCompressionSupported(true));
        this.router = Router.router(vertx);
        router.route().failureHandler(AdminServer::fail);
        router.route().handler(authentication::check);
        routes.forEach(group -> group.mount(router));
        router.route()
                .handler(context ->
                        context.fail(404, new GatewayException(Failure.MALFORMED_REQUEST, "No such resource")));
    }

    /** @return the port that was bound */
    public Future<Integer> start() {
        return server.requestHandler(router).listen().map(HttpServer::actualPort);
    }

    public Future<Void> stop() {
        return server.shutdown(1, TimeUnit.SECONDS);
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
        context.response()
                .setStatusCode(status)
                .putHeader("Content-Type", "application/json; charset=utf-8")
                .end(new JsonObject()
                        .put("error", new JsonObject().put("code", code).put("message", message))
                        .toBuffer())
                .onComplete(written -> {});
    }
}
