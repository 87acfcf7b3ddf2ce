package dev.botgate.admin;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * {@code GET /health/live} and {@code GET /health/ready}: 200, or 503 with the problem of each check.
 *
 * <p>Not live means that only a restart can help. A check may have a note, which does not change the status.
 */
public final class HealthRoutes implements AdminRoutes {
    private final Map<String, Supplier<Optional<String>>> live;
    private final Map<String, Supplier<Optional<String>>> checks;
    private final Map<String, Supplier<Optional<String>>> notes;

    /** @param checks name to a supplier, which must not block, of the problem */
    public HealthRoutes(Map<String, Supplier<Optional<String>>> checks) {
        this(Map.of(), checks, Map.of());
    }

    /**
     * @param live the checks of {@code /health/live}; like {@code checks}, which are those of {@code /health/ready}
     * @param notes name of a check to a supplier, which must not block, of its note
     */
    public HealthRoutes(
            Map<String, Supplier<Optional<String>>> live,
            Map<String, Supplier<Optional<String>>> checks,
            Map<String, Supplier<Optional<String>>> notes) {
        this.live = new LinkedHashMap<>(live);
        this.checks = new LinkedHashMap<>(checks);
        this.notes = Map.copyOf(notes);
    }

    @Override
    public void mount(Router router) {
        router.get("/health/live").handler(AdminReply.badRequestIfIllegal(context -> reply(context, live, false)));
        router.get("/health/ready").handler(AdminReply.badRequestIfIllegal(context -> reply(context, checks, true)));
    }

    /** @param all whether checks without a problem are listed too */
    private Future<Void> reply(RoutingContext context, Map<String, Supplier<Optional<String>>> asked, boolean all) {
        JsonObject results = new JsonObject();
        boolean up = true;
        for (Map.Entry<String, Supplier<Optional<String>>> check : asked.entrySet()) {
            Optional<String> problem = check.getValue().get();
            up &= problem.isEmpty();
            JsonObject result = new JsonObject().put("status", problem.isEmpty() ? "UP" : "DOWN");
            problem.ifPresent(text -> result.put("problem", text));
            Optional.ofNullable(notes.get(check.getKey()))
                    .flatMap(Supplier::get)
                    .ifPresent(text -> result.put("note", text));
            results.put(check.getKey(), result);
        }
        JsonObject body = new JsonObject().put("status", up ? "UP" : "DOWN");
        return AdminReply.write(
                context.response().setStatusCode(up ? 200 : 503), all || !up ? body.put("checks", results) : body);
    }
}
