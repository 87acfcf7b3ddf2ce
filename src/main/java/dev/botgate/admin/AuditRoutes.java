package dev.botgate.admin;

import dev.botgate.audit.AuditEntry;
import dev.botgate.audit.access.AccessRecordingReader;
import dev.botgate.audit.access.EntryQuery;
import dev.botgate.audit.access.EntryQuery.Subject;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The trail, as {@link EntryJson} shows it: {@code GET /audit/entries}, {@code /audit/entries/ID}, {@code
 * /audit/activities/ID}, {@code /audit/export} and {@code /audit/access}. All of it is witnessed.
 *
 * <p>Filters are the query parameters of {@link EntryParameters}; each may be given once, and all must hold.
 */
public final class AuditRoutes implements AdminRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(AuditRoutes.class);

    private final AccessRecordingReader reader;
    private final Map<String, String> botNames;

    /** @param botNames app id to the name that CSV has beside it */
    public AuditRoutes(AccessRecordingReader reader, Map<String, String> botNames) {
        this.reader = reader;
        this.botNames = Map.copyOf(botNames);
    }

    @Override
    public void mount(Router router) {
        router.get("/audit/entries").handler(understood(this::entries));
        router.get("/audit/entries/:id").handler(understood(this::entry));
        router.get("/audit/activities/:activity").handler(understood(this::history));
        router.get("/audit/access").handler(understood(this::accesses));
        router.get("/audit/export").handler(understood(this::export));
    }

    private void entries(RoutingContext context) {
        Map<String, String> filters = once(context);
        EntryQuery query = EntryParameters.query(filters);
        answer(
                context,
                reader.search(Authentication.visitor(context), filters, query).map(EntryJson::of));
    }

    private void entry(RoutingContext context) {
        UUID id = EntryParameters.id("id", context.pathParam("id"));
        answer(context, reader.show(Authentication.visitor(context), id).compose(found -> found.map(
                        entry -> Future.succeededFuture(checked(entry)))
                .orElseGet(() -> {
                    context.response().setStatusCode(404);
                    return Future.succeededFuture(new JsonObject()
                            .put(
                                    "error",
                                    new JsonObject().put("code", "NotFound").put("message", "No such entry")));
                })));
    }

    private static JsonObject checked(AuditEntry entry) {
        JsonObject json = EntryJson.checked(entry);
        if (json.containsKey("warning")) {
            LOG.atError()
                    .addKeyValue("entry", entry.intent().exchange().id())
                    .log(
                            "A body in the trail does not match its digest: it was changed after it was written, or is damaged");
        }
        return json;
    }

    private void history(RoutingContext context) {
        Map<String, String> filters = once(context);
        String activity = context.pathParam("activity");
        EntryQuery query = EntryParameters.query(filters);
        if (query.having().containsKey(Subject.ACTIVITY)) {
            throw new IllegalArgumentException("activity: given twice (expected: in the path alone)");
        }
        filters.put("activity", activity);
        answer(
                context,
                reader.history(Authentication.visitor(context), filters, activity, query)
                        .map(page -> EntryJson.history(activity, page)));
    }

    private void accesses(RoutingContext context) {
        Map<String, String> filters = once(context);
        answer(
                context,
                reader.accesses(Authentication.visitor(context), filters, EntryParameters.accessQuery(filters))
                        .map(EntryJson::of));
    }

    private void export(RoutingContext context) {
        Map<String, String> filters = once(context);
        ExportParameters parameters = ExportParameters.of(filters);
        reader.export(Authentication.visitor(context), filters, parameters.query(), parameters.after())
                .onComplete(export -> new ExportReply(context, parameters, botNames).send(export), context::fail);
    }

    /** Answers 400 to what {@code handler} refuses by an IllegalArgumentException. */
    static Handler<RoutingContext> understood(Consumer<RoutingContext> handler) {
        return context -> {
            try {
                handler.accept(context);
            } catch (IllegalArgumentException refused) {
                context.fail(new GatewayException(Failure.MALFORMED_REQUEST, String.valueOf(refused.getMessage())));
            }
        };
    }

    static void answer(RoutingContext context, Future<JsonObject> json) {
        json.compose(found -> context.response()
                        .putHeader("Content-Type", "application/json; charset=utf-8")
                        .putHeader("Cache-Control", "no-store")
                        .end(found.toBuffer()))
                .onFailure(context::fail);
    }

    /** The query parameters, each of which may be given once. */
    static Map<String, String> once(RoutingContext context) {
        Map<String, String> once = new LinkedHashMap<>();
        for (Map.Entry<String, String> parameter : context.queryParams()) {
            if (once.put(parameter.getKey(), parameter.getValue()) != null) {
                throw new IllegalArgumentException(parameter.getKey() + ": given twice (expected: once)");
            }
        }
        return once;
    }
}
