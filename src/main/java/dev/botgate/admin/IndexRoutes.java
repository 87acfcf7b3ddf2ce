package dev.botgate.admin;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/** {@code GET /}: what else can be asked for here, as {@code {"resources": ["GET /metrics", ...]}}. */
public final class IndexRoutes implements AdminRoutes {
    @Override
    public void mount(Router router) {
        router.get("/").handler(context -> answer(context, router));
    }

    private static void answer(RoutingContext context, Router router) {
        JsonArray resources = new JsonArray();
        for (Route route : router.getRoutes()) {
            if (route.getPath() != null && route.methods() != null) {
                for (HttpMethod method : route.methods()) {
                    resources.add(method + " " + route.getPath());
                }
            }
        }
        context.response()
                .putHeader("Content-Type", "application/json; charset=utf-8")
                .end(new JsonObject().put("resources", resources).toBuffer())
                .onFailure(context::fail);
    }
}
