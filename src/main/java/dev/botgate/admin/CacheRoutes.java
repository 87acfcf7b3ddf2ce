package dev.botgate.admin;

import dev.botgate.cache.Invalidation;
import dev.botgate.cache.MemberCache;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.Set;

/**
 * {@code DELETE /cache}: drops member lists here and in the other gateways of the fleet; of one conversation with {@code
 * conversation=}, of one connector with {@code upstream=}, of both together, or all.
 */
public final class CacheRoutes implements AdminRoutes {
    private static final String CONVERSATION = "conversation";
    private static final String UPSTREAM = "upstream";

    private final MemberCache cache;
    private final Set<String> upstreams;

    /** @param upstreams the connectors' configured names */
    public CacheRoutes(MemberCache cache, Set<String> upstreams) {
        this.cache = cache;
        this.upstreams = Set.copyOf(upstreams);
    }

    @Override
    public void mount(Router router) {
        router.delete("/cache").handler(AdminReply.json(this::drop));
    }

    private Future<JsonObject> drop(RoutingContext context) {
        Map<String, String> parameters = AdminReply.parameters(context, Set.of(CONVERSATION, UPSTREAM));
        parameters.forEach((name, value) -> {
            if (value.isBlank()) {
                throw new IllegalArgumentException(name + ": \"\" (expected: a value)");
            }
        });
        String upstream = parameters.get(UPSTREAM);
        if (upstream != null && !upstreams.contains(upstream)) {
            throw new IllegalArgumentException("upstream: no such connector (expected: one of "
                    + String.join(", ", upstreams.stream().sorted().toList()) + ")");
        }
        int dropped = cache.invalidate(new Invalidation(upstream, parameters.get(CONVERSATION)));
        return Future.succeededFuture(new JsonObject().put("dropped", dropped));
    }
}
