package dev.botgate.admin;

import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * {@code GET /health/live} and {@code GET /health/ready}.
 *
 * <p>Live means that nothing is wrong that only a restart mends. Ready means that no check has a problem; otherwise the
 * answer is 503, and names each check with its problem. A check may have a note too, which makes no difference to the status.
 */
public final class HealthRoutes implements AdminRoutes {
    private final Map<String, Supplier<Optional<String>>> live;
    private final Map<String, Supplier<Optional<String>>> checks;
    private final Map<String, Supplier<Optional<String>>> notes;

    /** @param checks name to a supplier, which must not block, of what is wrong */
    public HealthRoutes(Map<String, Supplier<Optional<String>>> checks) {
        this(Map.of(), checks, Map.of());
    }

    /**
     * @param live as {@code checks}, of what only a restart mends
     * @param notes name of a check to a supplier, which must not block, of what an operator should know beside that
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
        router.get("/health/live").handler(context -> answer(context, live, false));
        router.get("/health/ready").handler(context -> answer(context, checks, true));
    }

    /** @param whole whether checks are told that have no problem */
    private void answer(RoutingContext context, Map<String, Supplier<Optional<String>>> asked, boolean whole) {
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
        answer(context, up ? 200 : 503, whole || !up ? body.put("checks", results) : body);
    }

    private static void answer(RoutingContext context, int status, JsonObject body) {
        context.response()
                .setStatusCode(status)
                .putHeader("Content-Type", "application/json; charset=utf-8")
                .putHeader("Cache-Control", "no-store")
                .end(body.toBuffer())
                .onComplete(written -> {});
    }
}
