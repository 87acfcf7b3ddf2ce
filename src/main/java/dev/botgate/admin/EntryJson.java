package dev.botgate.admin;

import dev.botgate.audit.Access;
import dev.botgate.audit.AccessPage;
import dev.botgate.audit.Attempt;
import dev.botgate.audit.Digest;
import dev.botgate.audit.Entry;
import dev.botgate.audit.Intent;
import dev.botgate.audit.Outcome;
import dev.botgate.audit.Page;
import dev.botgate.audit.RecordedBody;
import dev.botgate.audit.redaction.RedactionKey;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How entries of the trail are shown as JSON. What is not known is left out. */
public final class EntryJson {
    private EntryJson() {}

    /** {@code {"entries": [...], "previous": "...", "next": "..."}}; a cursor that is missing leads nowhere. */
    public static JsonObject of(Page page) {
        JsonArray entries = new JsonArray();
        page.entries().forEach(entry -> entries.add(of(entry)));
        return withCursors(new JsonObject().put("entries", entries), page.previous(), page.next());
    }

    /**
     * How an activity came to be what it is: {@code {"activity": "...", "changes": [...]}}, each an entry with the
     * {@code change} that it made or tried to make.
     */
    public static JsonObject history(String activity, Page page) {
        JsonArray changes = new JsonArray();
        page.entries()
                .forEach(entry -> changes.add(
                        new JsonObject().put("change", change(activity, entry)).mergeIn(of(entry))));
        return withCursors(
                new JsonObject().put("activity", activity).put("changes", changes), page.previous(), page.next());
    }

    /** {@code sent}, {@code updated} or {@code deleted}: what an entry of an activity's history did to it, or tried to. */
    public static String change(String activity, Entry entry) {
        if (!activity.equals(entry.intent().activity())) {
            return "sent";
        }
        return switch (entry.intent().operation()) {
            case "UpdateActivity" -> "updated";
            case "DeleteActivity" -> "deleted";
            default -> "sent";
        };
    }

    /** {@code {"accesses": [...], "previous": "...", "next": "..."}}. */
    public static JsonObject of(AccessPage page) {
        JsonArray accesses = new JsonArray();
        page.accesses().forEach(access -> accesses.add(of(access)));
        return withCursors(new JsonObject().put("accesses", accesses), page.previous(), page.next());
    }

    /** One record of access. */
    public static JsonObject of(Access access) {
        JsonObject json = new JsonObject()
                .put("id", access.id().toString())
                .put("at", access.at().toString())
                .put("action", access.action().text());
        putKnown(json, "reader", access.visitor().name());
        json.put("origin", access.visitor().origin()).put("filters", new JsonObject(new TreeMap<>(access.filters())));
        putKnown(json, "entries", access.entries());
        putKnown(json, "last", access.last() == null ? null : access.last().toString());
        return json;
    }

    private static JsonObject withCursors(JsonObject json, @Nullable String previous, @Nullable String next) {
        putKnown(json, "previous", previous);
        putKnown(json, "next", next);
        return json;
    }

    /** One exchange: what was asked, the attempts where it took several, and under {@code outcome} how it ended, once known. */
    public static JsonObject of(Entry entry) {
        Intent intent = entry.intent();
        JsonObject json = new JsonObject()
                .put("id", intent.exchange().id().toString())
                .put("at", intent.exchange().at().toString())
                .put("state", entry.state().text())
                .put("gateway", intent.exchange().gateway().name())
                .put("boot", intent.exchange().gateway().boot().toString())
                .put("sequence", intent.exchange().sequence())
                .put("requestId", intent.requestId())
                .put("operation", intent.operation())
                .put("method", intent.method())
                .put("uri", intent.uri())
                .put("upstream", intent.upstream());
        putKnown(json, "bot", intent.bot());
        putKnown(json, "tenant", intent.tenant());
        json.put("verified", intent.verified());
        putKnown(json, "conversation", intent.conversation());
        putKnown(json, "activity", intent.activity());
        putKnown(json, "member", intent.member());
        json.put("body", body(intent));
        if (!entry.attempts().isEmpty()) {
            json.put(
                    "attempts",
                    new JsonArray(entry.attempts().stream().map(EntryJson::of).toList()));
        }
        if (entry.outcome() != null) {
            json.put("outcome", of(entry.outcome()));
        }
        if (!entry.late().isEmpty()) {
            json.put(
                    "late",
                    new JsonArray(entry.late().stream().map(EntryJson::late).toList()));
        }
        return json;
    }

    private static JsonObject body(Intent intent) {
        RecordedBody body = intent.body();
        JsonObject json = new JsonObject().put("form", body.form().text());
        putKnown(json, "mediaType", intent.sourceMediaType());
        putDigest(json, body.digest());
        if (body.bytes() != null) {
            putBytes(json, body.bytes());
        }
        return json;
    }

    /** Text where the bytes are UTF-8, else base64. */
    private static void putBytes(JsonObject json, Buffer bytes) {
        try {
            json.put(
                    "text",
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(bytes.getBytes()))
                            .toString());
        } catch (CharacterCodingException binary) {
            json.put("base64", bytes.getBytes());
        }
    }

    private static JsonObject of(Attempt attempt) {
        JsonObject json = new JsonObject()
                .put("number", attempt.number())
                .put("at", attempt.at().toString())
                .put("latencyMicros", attempt.latency().toNanos() / 1_000);
        putKnown(json, "status", attempt.status());
        putKnown(json, "error", attempt.error());
        return json;
    }

    /** What came after others had closed the exchange, and who says so. */
    private static JsonObject late(Outcome outcome) {
        return of(outcome)
                .put("gateway", outcome.recordedBy().name())
                .put("boot", outcome.recordedBy().boot().toString());
    }

    private static JsonObject of(Outcome outcome) {
        JsonObject json = new JsonObject()
                .put("close", outcome.close().text())
                .put("at", outcome.at().toString())
                .put("attempts", outcome.attempts())
                .put("latencyMicros", outcome.latency().toNanos() / 1_000);
        putKnown(json, "status", outcome.status());
        putKnown(json, "replyId", outcome.replyId());
        putKnown(json, "conversation", outcome.conversation());
        putKnown(json, "activity", outcome.activity());
        putKnown(json, "error", outcome.error());
        if (outcome.sent() != null) {
            JsonObject sent = new JsonObject().put("whole", outcome.sentWhole());
            putDigest(sent, outcome.sent());
            json.put("sent", sent);
        }
        return json;
    }

    private static void putDigest(JsonObject json, @Nullable Digest digest) {
        if (digest == null) {
            return;
        }
        json.put("length", digest.length());
        if (digest.key() == null) {
            json.put("sha256", digest.sha256());
        } else {
            json.put("hmac", RedactionKey.shown(digest.key(), digest.sha256()));
        }
    }

    private static void putKnown(JsonObject json, String name, @Nullable Object value) {
        if (value != null) {
            json.put(name, value);
        }
    }
}
