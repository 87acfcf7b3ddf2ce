package dev.botgate.admin;

import dev.botgate.failure.Failure;
import dev.botgate.failure.FatalErrors;
import dev.botgate.failure.GatewayException;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads query parameters and writes replies of the operator's listener: JSON that is not cached, and failures as {@code
 * {"error": {"code": "...", "message": "..."}}}.
 */
final class AdminReply {
    private static final Logger log = LoggerFactory.getLogger(AdminReply.class);

    private AdminReply() {}

    /** The resource does not exist: 404. */
    static final class NotFoundException extends RuntimeException {
        NotFoundException(String message) {
            super(message, null, false, false);
        }
    }

    /** A handler that replies with the JSON of {@code answer}, or 400 if it throws IllegalArgumentException. */
    static Handler<RoutingContext> json(Function<RoutingContext, Future<JsonObject>> answer) {
        return badRequestIfIllegal(context -> answer.apply(context)
                .compose(json -> write(context.response(), json))
                .onFailure(context::fail));
    }

    /** A handler that writes the reply itself; it is 400 if {@code handler} throws IllegalArgumentException. */
    static Handler<RoutingContext> badRequestIfIllegal(Function<RoutingContext, Future<Void>> handler) {
        return context -> {
            try {
                handler.apply(context).onFailure(FatalErrors::report);
            } catch (IllegalArgumentException refused) {
                context.fail(new GatewayException(Failure.MALFORMED_REQUEST, String.valueOf(refused.getMessage())));
            }
        };
    }

    /** The query parameters, each of which may be given once. */
    static Map<String, String> parameters(RoutingContext context) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (Map.Entry<String, String> parameter : context.queryParams()) {
            if (parameters.put(parameter.getKey(), parameter.getValue()) != null) {
                throw new IllegalArgumentException(parameter.getKey() + ": given twice (expected: once)");
            }
        }
        return parameters;
    }

    /** The query parameters, all of which must be in {@code known}. */
    static Map<String, String> parameters(RoutingContext context, Set<String> known) {
        Map<String, String> parameters = parameters(context);
        for (String name : parameters.keySet()) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException(
                        name + " (expected: " + String.join(" or ", new TreeSet<>(known)) + ")");
            }
        }
        return parameters;
    }

    static Future<Void> write(HttpServerResponse response, JsonObject json) {
        return response.putHeader("Content-Type", "application/json; charset=utf-8")
                .putHeader("Cache-Control", "no-store")
                .end(json.toBuffer());
    }

    static Future<Void> error(HttpServerResponse response, int status, String code, String message) {
        return write(
                response.setStatusCode(status),
                new JsonObject().put("error", new JsonObject().put("code", code).put("message", message)));
    }

    /** Replies to a request that has failed. */
    static void fail(RoutingContext context) {
        Throwable cause = context.failure();
        int status = context.statusCode();
        HttpServerResponse response = context.response();
        Future<Void> written;
        if (cause instanceof NotFoundException) {
            written = error(response, 404, "NotFound", String.valueOf(cause.getMessage()));
        } else if (cause instanceof GatewayException failure) {
            failure.retryAfter()
                    .ifPresent(wait -> response.putHeader(
                            "Retry-After", Long.toString(wait.plusMillis(999).toSeconds())));
            written = error(
                    response,
                    status >= 400 && status != 500 ? status : failure.failure().status(),
                    failure.failure().code(),
                    failure.text());
        } else if (cause == null && status >= 400) {
            String code = status == 405 ? "MethodNotAllowed" : "MalformedRequest";
            written = error(response, status, code, "This listener does not understand the request");
        } else {
            String message = "The operator's listener failed; the log has the details";
            log.atError()
                    .addKeyValue("path", context.normalizedPath())
                    .setCause(cause)
                    .log(message);
            written = error(response, 500, Failure.INTERNAL_ERROR.code(), message);
        }
        written.onFailure(FatalErrors::report);
    }
}
