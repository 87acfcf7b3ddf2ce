package dev.botgate.admin;

import dev.botgate.cache.Invalidation;
import dev.botgate.cache.MemberCache;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
        router.delete("/cache").handler(this::drop);
    }

    private void drop(RoutingContext context) {
        Invalidation drop;
        try {
            drop = asked(context);
        } catch (GatewayException refusal) {
            context.fail(refusal);
            return;
        }
        int dropped = cache.drop(drop);
        context.response()
                .putHeader("Content-Type", "application/json; charset=utf-8")
                .putHeader("Cache-Control", "no-store")
                .end(new JsonObject().put("dropped", dropped).toBuffer())
                .onFailure(context::fail);
    }

    /** What is misspelt must not drop everything. */
    private Invalidation asked(RoutingContext context) {
        for (String name : context.queryParams().names()) {
            if (!name.equals(CONVERSATION) && !name.equals(UPSTREAM)) {
                throw refused(name + " (expected: conversation or upstream)");
            }
        }
        @Nullable String upstream = one(context, UPSTREAM);
        if (upstream != null && !upstreams.contains(upstream)) {
            throw refused("upstream: no such connector (expected: one of "
                    + String.join(", ", upstreams.stream().sorted().toList()) + ")");
        }
        return new Invalidation(upstream, one(context, CONVERSATION));
    }

    private static @Nullable String one(RoutingContext context, String name) {
        List<String> given = context.queryParam(name);
        if (given.isEmpty()) {
            return null;
        }
        if (given.size() > 1 || given.get(0).isBlank()) {
            throw refused(name + ": " + (given.size() > 1 ? given.size() + " given" : "\"\"") + " (expected: one)");
        }
        return given.get(0);
    }

    private static GatewayException refused(String message) {
        return new GatewayException(Failure.MALFORMED_REQUEST, message);
    }
}
