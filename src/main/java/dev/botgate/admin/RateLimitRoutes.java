package dev.botgate.admin;

import dev.botgate.ratelimit.RateLimitSnapshot;
import dev.botgate.ratelimit.RateLimits;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;

/**
 * {@code GET /ratelimit}: limits, the busiest scopes, waiting requests, and scopes in cooldown. {@code POST
 * /ratelimit/reset?scope=...} resets the counts of one scope.
 */
public final class RateLimitRoutes implements AdminRoutes {
    private final RateLimits limits;

    public RateLimitRoutes(RateLimits limits) {
        this.limits = limits;
    }

    @Override
    public void mount(Router router) {
        router.get("/ratelimit").handler(AdminReply.json(context -> Future.succeededFuture(json(limits.snapshot()))));
        router.post("/ratelimit/reset").handler(AdminReply.badRequestIfIllegal(this::reset));
    }

    private Future<Void> reset(RoutingContext context) {
        String scope = AdminReply.parameters(context, Set.of("scope")).getOrDefault("scope", "");
        if (scope.isBlank()) {
            throw new IllegalArgumentException("scope: none (expected: one, as GET /ratelimit shows it)");
        }
        return limits.reset(scope)
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
        JsonArray cooldowns = new JsonArray();
        snapshot.cooldowns()
                .forEach(scope -> cooldowns.add(new JsonObject()
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
                .put("cooldowns", cooldowns);
    }
}
