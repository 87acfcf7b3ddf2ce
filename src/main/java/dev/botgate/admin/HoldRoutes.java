package dev.botgate.admin;

import dev.botgate.audit.access.AccessRecordingHolds;
import dev.botgate.audit.access.AccessRecordingHolds.LaidHold;
import dev.botgate.audit.access.LegalHold;
import dev.botgate.audit.access.LegalHold.Subject;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The legal holds: {@code GET /audit/holds}, with {@code ?all=true} for those that were lifted too; {@code POST
 * /audit/holds} with {@code {"bot": "ID", "reason": "TEXT"}} or {@code conversation} in place of {@code bot}; {@code DELETE
 * /audit/holds/ID?reason=TEXT}. Each is recorded with the records of access, as the caller's.
 */
public final class HoldRoutes implements AdminRoutes {
    private static final int MAX_BODY_BYTES = 1 << 16;
    private static final String EXPECTED =
            "(expected: {\"bot\": \"ID\", \"reason\": \"TEXT\"}, or conversation in place of bot)";

    private final AccessRecordingHolds holds;

    public HoldRoutes(AccessRecordingHolds holds) {
        this.holds = holds;
    }

    @Override
    public void mount(Router router) {
        router.get("/audit/holds").handler(AuditRoutes.understood(this::list));
        router.post("/audit/holds")
                .handler(BodyHandler.create(false).setBodyLimit(MAX_BODY_BYTES))
                .handler(AuditRoutes.understood(this::add));
        router.delete("/audit/holds/:id").handler(AuditRoutes.understood(this::remove));
    }

    private void list(RoutingContext context) {
        Map<String, String> parameters = AuditRoutes.once(context);
        only(parameters, "all");
        String all = parameters.get("all");
        AuditRoutes.answer(
                context,
                holds.list(Authentication.visitor(context), all != null && EntryParameters.bool("all", all))
                        .map(found -> {
                            JsonArray array = new JsonArray();
                            found.forEach(hold -> array.add(json(hold)));
                            return new JsonObject().put("holds", array);
                        }));
    }

    private void add(RoutingContext context) {
        JsonObject asked = object(context.body().buffer());
        Subject subject = asked.containsKey("bot") ? Subject.BOT : Subject.CONVERSATION;
        if (!asked.fieldNames().equals(Set.of(subject.text(), "reason"))) {
            throw new IllegalArgumentException("body: " + String.join(", ", asked.fieldNames()) + " " + EXPECTED);
        }
        Future<JsonObject> laid = holds.add(
                        Authentication.visitor(context), subject, text(asked, subject.text()), text(asked, "reason"))
                .map(HoldRoutes::json)
                .onSuccess(hold -> context.response()
                        .setStatusCode(201)
                        .putHeader("Location", "/audit/holds/" + hold.getString("id")));
        AuditRoutes.answer(context, laid);
    }

    private void remove(RoutingContext context) {
        UUID id = id(context.pathParam("id"));
        Map<String, String> parameters = AuditRoutes.once(context);
        only(parameters, "reason");
        String reason = parameters.getOrDefault("reason", "");
        if (reason.isBlank()) {
            throw new IllegalArgumentException("reason: none (expected: why the hold is lifted, as ?reason=TEXT)");
        }
        holds.remove(Authentication.visitor(context), id, reason)
                .onComplete(lifted -> removed(context, id, lifted), context::fail);
    }

    private static void removed(RoutingContext context, UUID id, boolean lifted) {
        if (lifted) {
            context.response().setStatusCode(204).end().onFailure(context::fail);
        } else {
            context.fail(404, new GatewayException(Failure.MALFORMED_REQUEST, "No such hold is in effect: " + id));
        }
    }

    private static JsonObject object(@Nullable Buffer body) {
        try {
            if (body != null && Json.decodeValue(body) instanceof JsonObject object) {
                return object;
            }
        } catch (DecodeException noJson) {
            // Falls through to the refusal.
        }
        throw new IllegalArgumentException("body: no JSON object " + EXPECTED);
    }

    private static String text(JsonObject asked, String name) {
        if (asked.getValue(name) instanceof String text && !text.isBlank()) {
            return text;
        }
        throw new IllegalArgumentException(name + ": no text " + EXPECTED);
    }

    private static UUID id(String text) {
        try {
            if (text.length() == 36) {
                return UUID.fromString(text);
            }
        } catch (IllegalArgumentException noId) {
            // Falls through to the refusal.
        }
        throw new IllegalArgumentException(
                "id: " + text + " (expected: the id of a hold, as GET /audit/holds shows it)");
    }

    private static void only(Map<String, String> parameters, String known) {
        for (String name : parameters.keySet()) {
            if (!name.equals(known)) {
                throw new IllegalArgumentException(name + " (expected: " + known + ")");
            }
        }
    }

    private static JsonObject json(LaidHold laid) {
        JsonObject json = json(laid.hold());
        laid.entries().ifPresent(entries -> json.put("entries", entries));
        return json;
    }

    private static JsonObject json(LegalHold hold) {
        JsonObject json = new JsonObject()
                .put("id", hold.id().toString())
                .put("at", hold.at().toString())
                .put(hold.subject().text(), hold.value())
                .put("reason", hold.reason())
                .put("addedBy", hold.addedBy());
        LegalHold.Removal removal = hold.removal();
        return removal == null
                ? json
                : json.put(
                        "removal",
                        new JsonObject()
                                .put("at", removal.at().toString())
                                .put("reason", removal.reason())
                                .put("removedBy", removal.removedBy()));
    }
}
