package dev.botgate.admin;

import dev.botgate.audit.access.AccessRecordingHolds;
import dev.botgate.audit.access.LegalHold;
import dev.botgate.audit.access.LegalHold.Subject;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The legal holds: {@code GET /audit/holds}, with {@code ?all=true} for removed ones too; {@code POST /audit/holds} with
 * {@code {"bot": "ID", "reason": "TEXT"}}, or {@code conversation} in place of {@code bot}; {@code DELETE
 * /audit/holds/ID?reason=TEXT}. Each request is recorded before it is answered.
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
        router.get("/audit/holds").handler(AdminReply.json(this::list));
        router.post("/audit/holds")
                .handler(BodyHandler.create(false).setBodyLimit(MAX_BODY_BYTES))
                .handler(AdminReply.json(this::add));
        router.delete("/audit/holds/:id").handler(AdminReply.badRequestIfIllegal(this::remove));
    }

    private Future<JsonObject> list(RoutingContext context) {
        String all = AdminReply.parameters(context, Set.of("all")).getOrDefault("all", "false");
        return holds.list(Authentication.identity(context), EntryParameters.bool("all", all))
                .map(found -> new JsonObject()
                        .put(
                                "holds",
                                new JsonArray(
                                        found.stream().map(HoldRoutes::json).toList())));
    }

    private Future<JsonObject> add(RoutingContext context) {
        JsonObject asked = object(context.body().buffer());
        Subject subject = asked.containsKey("bot") ? Subject.BOT : Subject.CONVERSATION;
        if (!asked.fieldNames().equals(Set.of(subject.text(), "reason"))) {
            throw new IllegalArgumentException("body: " + String.join(", ", asked.fieldNames()) + " " + EXPECTED);
        }
        return holds.add(Authentication.identity(context), subject, text(asked, subject.text()), text(asked, "reason"))
                .map(added -> {
                    context.response()
                            .setStatusCode(201)
                            .putHeader(
                                    "Location", "/audit/holds/" + added.hold().id());
                    JsonObject json = json(added.hold());
                    added.entries().ifPresent(entries -> json.put("entries", entries));
                    return json;
                });
    }

    private Future<Void> remove(RoutingContext context) {
        UUID id = EntryParameters.uuid("id", context.pathParam("id"), "the id of a hold, as GET /audit/holds shows it");
        String reason = AdminReply.parameters(context, Set.of("reason")).getOrDefault("reason", "");
        if (reason.isBlank()) {
            throw new IllegalArgumentException("reason: none (expected: why the hold is removed, as ?reason=TEXT)");
        }
        return holds.remove(Authentication.identity(context), id, reason)
                .compose(removed -> removed
                        ? context.response().setStatusCode(204).end()
                        : Future.failedFuture(new AdminReply.NotFoundException("No such hold is in effect: " + id)))
                .onFailure(context::fail);
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

    private static JsonObject json(LegalHold hold) {
        JsonObject json = new JsonObject()
                .put("id", hold.id().toString())
                .put("at", hold.at().toString())
                .put(hold.subject().text(), hold.value())
                .put("reason", hold.reason())
                .put("addedBy", hold.addedBy());
        LegalHold.Removal removal = hold.removal();
        if (removal != null) {
            json.put(
                    "removal",
                    new JsonObject()
                            .put("at", removal.at().toString())
                            .put("reason", removal.reason())
                            .put("removedBy", removal.removedBy()));
        }
        return json;
    }
}
