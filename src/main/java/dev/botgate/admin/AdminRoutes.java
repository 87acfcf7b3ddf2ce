package dev.botgate.admin;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;

/** A group of routes of the operator's listener. */
@FunctionalInterface
public interface AdminRoutes {
    void mount(Router router);

    /** {@code GET /metrics}: all meters, in the Prometheus text format 0.0.4. */
    static AdminRoutes metrics(PrometheusMeterRegistry registry) {
        String format = "text/plain; version=0.0.4; charset=utf-8";
        return router -> router.get("/metrics").handler(context -> context.response()
                .putHeader("Content-Type", format)
                .end(registry.scrape(format))
                .onFailure(context::fail));
    }

    /** {@code GET /}: the list of resources, as {@code {"resources": ["GET /metrics", ...]}}. */
    static AdminRoutes index() {
        return router -> router.get("/").handler(AdminReply.json(context -> {
            JsonArray resources = new JsonArray();
            for (Route route : router.getRoutes()) {
                if (route.getPath() != null && route.methods() != null) {
                    for (HttpMethod method : route.methods()) {
                        resources.add(method + " " + route.getPath());
                    }
                }
            }
            return Future.succeededFuture(new JsonObject().put("resources", resources));
        }));
    }
}
