package dev.botgate.admin;

import dev.botgate.audit.AuditReader;
import dev.botgate.audit.EntryQuery;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code GET /audit/entries}: the trail, newest first, as {@link EntryJson} shows it.
 *
 * <p>Filters are the query parameters of {@link EntryParameters}; each may be given once, and all must hold.
 */
public final class AuditRoutes implements AdminRoutes {
    private final AuditReader reader;

    public AuditRoutes(AuditReader reader) {
        this.reader = reader;
    }

    @Override
    public void mount(Router router) {
        router.get("/audit/entries").handler(this::entries);
    }

    private void entries(RoutingContext context) {
        EntryQuery query;
        try {
            query = EntryParameters.query(once(context));
        } catch (IllegalArgumentException refused) {
            context.fail(new GatewayException(Failure.MALFORMED_REQUEST, String.valueOf(refused.getMessage())));
            return;
        }
        reader.search(query)
                .compose(page -> context.response()
                        .putHeader("Content-Type", "application/json; charset=utf-8")
                        .putHeader("Cache-Control", "no-store")
                        .end(EntryJson.of(page).toBuffer()))
                .onFailure(context::fail);
    }

    private static Map<String, String> once(RoutingContext context) {
        Map<String, String> once = new LinkedHashMap<>();
        for (Map.Entry<String, String> parameter : context.queryParams()) {
            if (once.put(parameter.getKey(), parameter.getValue()) != null) {
                throw new IllegalArgumentException(parameter.getKey() + ": given twice (expected: once)");
            }
        }
        return once;
    }
}
