package dev.botgate.admin;

import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.ratelimit.RateLimitSnapshot;
import dev.botgate.ratelimit.RateLimits;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/**
 * {@code GET /ratelimit}: limits, the busiest scopes, who waits, and what is closed and why. {@code POST
 * /ratelimit/reset?scope=...} forgets what was counted for one scope, named as the former shows it.
 */
public final class RateLimitRoutes implements AdminRoutes {
    private final RateLimits limits;

    public RateLimitRoutes(RateLimits limits) {
        this.limits = limits;
    }

    @Override
    public void mount(Router router) {
        router.get("/ratelimit").handler(context -> context.response()
                .putHeader("Content-Type", "application/json; charset=utf-8")
                .putHeader("Cache-Control", "no-store")
                .end(json(limits.snapshot()).toBuffer())
                .onFailure(context::fail));
        router.post("/ratelimit/reset").handler(this::reset);
    }

    private void reset(RoutingContext context) {
        List<String> scope = context.queryParam("scope");
        if (scope.size() != 1 || scope.get(0).isBlank()) {
            context.fail(new GatewayException(
                    Failure.MALFORMED_REQUEST,
                    "scope: " + scope.size() + " given (expected: one, as GET /ratelimit shows it)"));
            return;
        }
        limits.reset(scope.get(0))
                .compose(done -> context.response().setStatusCode(204).end())
                .onFailure(context::fail);
    }

    private static JsonObject json(RateLimitSnapshot snapshot) {
        JsonArray limits = new JsonArray();
        snapshot.limits()
                .forEach(limit -> limits.add(new JsonObject()
                        .put("name", limit.name())
                        .put("mode", limit.mode())
                        .put("countBy", new JsonArray(limit.countBy()))
                        .put("windows", limit.windows())
                        .put("maximumWaitMillis", limit.maximumWait().toMillis())
                        .put("admitted", limit.admitted())
                        .put("waited", limit.waited())
                        .put("refused", limit.refused())
                        .put("missed", limit.missed())));
        JsonArray busiest = new JsonArray();
        snapshot.busiest()
                .forEach(busy -> busiest.add(new JsonObject()
                        .put("scope", busy.scope())
                        .put("asked", busy.asked())
                        .put("refused", busy.refused())));
        JsonArray closed = new JsonArray();
        snapshot.closed()
                .forEach(scope -> closed.add(new JsonObject()
                        .put("scope", scope.scope())
                        .put("status", scope.status())
                        .put("remainingMillis", scope.remaining().toMillis())
                        .put("factor", scope.factor())));
        return new JsonObject()
                .put(
                        "store",
                        new JsonObject()
                                .put("kind", snapshot.store().kind())
                                .put("state", snapshot.store().state())
                                .put("gateways", snapshot.store().gateways()))
                .put("waiting", snapshot.waiting())
                .put("limits", limits)
                .put("busiest", busiest)
                .put("closed", closed);
    }
}
