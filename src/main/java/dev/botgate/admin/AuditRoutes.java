package dev.botgate.admin;

import dev.botgate.audit.AuditEntry;
import dev.botgate.audit.access.AccessRecordingReader;
import dev.botgate.audit.access.EntryExport;
import dev.botgate.audit.access.EntryQuery;
import dev.botgate.audit.access.EntryQuery.Subject;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The trail, as {@link EntryJson} shows it: {@code GET /audit/entries}, {@code /audit/entries/ID}, {@code
 * /audit/activities/ID}, {@code /audit/export} and {@code /audit/access}. Each request is recorded before it is answered.
 *
 * <p>Filters are the query parameters of {@link EntryParameters}; each may be given once, and all must hold.
 */
public final class AuditRoutes implements AdminRoutes {
    private static final Logger log = LoggerFactory.getLogger(AuditRoutes.class);

    private final AccessRecordingReader reader;
    private final Map<String, String> botNames;

    /** @param botNames app id to the name in the CSV column {@code bot_name} */
    public AuditRoutes(AccessRecordingReader reader, Map<String, String> botNames) {
        this.reader = reader;
        this.botNames = Map.copyOf(botNames);
    }

    @Override
    public void mount(Router router) {
        router.get("/audit/entries").handler(AdminReply.json(this::entries));
        router.get("/audit/entries/:id").handler(AdminReply.json(this::entry));
        router.get("/audit/activities/:activity").handler(AdminReply.json(this::history));
        router.get("/audit/access").handler(AdminReply.json(this::accessRecords));
        router.get("/audit/export").handler(AdminReply.badRequestIfIllegal(this::export));
    }

    private Future<JsonObject> entries(RoutingContext context) {
        Map<String, String> filters = AdminReply.parameters(context);
        return reader.search(Authentication.identity(context), filters, EntryParameters.query(filters))
                .map(EntryJson::ofEntries);
    }

    private Future<JsonObject> entry(RoutingContext context) {
        UUID id = EntryParameters.id("id", context.pathParam("id"));
        return reader.show(Authentication.identity(context), id).map(found -> found.map(AuditRoutes::checked)
                .orElseThrow(() -> new AdminReply.NotFoundException("No such entry")));
    }

    private static JsonObject checked(AuditEntry entry) {
        JsonObject json = EntryJson.checked(entry);
        if (json.containsKey("warning")) {
            log.atError()
                    .addKeyValue("entry", entry.intent().exchange().id())
                    .log("A body in the trail does not match its digest: it was changed after it was written, or is"
                            + " damaged");
        }
        return json;
    }

    private Future<JsonObject> history(RoutingContext context) {
        Map<String, String> filters = AdminReply.parameters(context);
        String activity = context.pathParam("activity");
        EntryQuery query = EntryParameters.query(filters);
        if (query.having().containsKey(Subject.ACTIVITY)) {
            throw new IllegalArgumentException("activity: given twice (expected: in the path alone)");
        }
        filters.put("activity", activity);
        return reader.history(Authentication.identity(context), filters, activity, query)
                .map(page -> EntryJson.history(activity, page));
    }

    private Future<JsonObject> accessRecords(RoutingContext context) {
        Map<String, String> filters = AdminReply.parameters(context);
        return reader.accessRecords(Authentication.identity(context), filters, EntryParameters.accessQuery(filters))
                .map(EntryJson::ofAccessRecords);
    }

    private Future<Void> export(RoutingContext context) {
        Map<String, String> filters = AdminReply.parameters(context);
        ExportParameters parameters = ExportParameters.of(filters);
        return reader.export(Authentication.identity(context), filters, parameters.query(), parameters.after())
                .onFailure(context::fail)
                .compose(export -> send(export, parameters, context));
    }

    /**
     * Sends an export as a reply of unknown length; each page is written when the client has read the one before. A
     * failure closes the connection, so that a partial export is not taken for a complete one.
     */
    private Future<Void> send(EntryExport export, ExportParameters parameters, RoutingContext context) {
        HttpServerResponse response = context.response();
        ExportFormat format = parameters.format();
        response.setChunked(true)
                .putHeader("Content-Type", format.mediaType())
                .putHeader("Content-Disposition", "attachment; filename=\"audit." + format.text() + "\"")
                .putHeader("Cache-Control", "no-store");
        return write(response, parameters.head())
                .compose(begun -> export.run(entries -> write(response, format.encode(entries, botNames))))
                .compose(entries -> response.end())
                .onFailure(cause -> abort(context, cause));
    }

    private static Future<Void> write(HttpServerResponse response, Buffer buffer) {
        return buffer.length() == 0 ? Future.succeededFuture() : response.write(buffer);
    }

    private static void abort(RoutingContext context, Throwable cause) {
        if (!context.response().headWritten()) {
            context.response().setChunked(false);
            context.response().headers().remove("Content-Disposition");
            context.fail(cause);
            return;
        }
        log.atWarn().setCause(cause).log("An export ended early");
        context.request().connection().close().onFailure(closed -> {});
    }
}
