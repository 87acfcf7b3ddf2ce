package dev.botgate.admin;

import dev.botgate.audit.AuditEntry;
import dev.botgate.audit.Digest;
import dev.botgate.audit.access.AccessPage;
import dev.botgate.audit.access.AccessRecord;
import dev.botgate.audit.access.DigestCheck;
import dev.botgate.audit.access.EntryPage;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How entries of the trail are shown as JSON. What is not known is left out. */
public final class EntryJson {
    private EntryJson() {}

    /** {@code {"entries": [...], "previous": "...", "next": "..."}}; a cursor that is missing leads nowhere. */
    public static JsonObject of(EntryPage page) {
        JsonArray entries = new JsonArray();
        page.entries().forEach(entry -> entries.add(of(entry)));
        return withCursors(new JsonObject().put("entries", entries), page.previous(), page.next());
    }

    /**
     * How an activity came to be what it is: {@code {"activity": "...", "changes": [...]}}, each an entry with the
     * {@code change} that it made or tried to make.
     */
    public static JsonObject history(String activity, EntryPage page) {
        JsonArray changes = new JsonArray();
        page.entries()
                .forEach(entry -> changes.add(
                        new JsonObject().put("change", change(activity, entry)).mergeIn(of(entry))));
        return withCursors(
                new JsonObject().put("activity", activity).put("changes", changes), page.previous(), page.next());
    }

    /** {@code sent}, {@code updated} or {@code deleted}: what an entry of an activity's history did to it, or tried to. */
    public static String change(String activity, AuditEntry entry) {
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
    public static JsonObject of(AccessRecord access) {
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
    public static JsonObject of(AuditEntry entry) {
        return EntryWriter.object(entry);
    }

    /**
     * An entry that was read with its body: with {@code digestCheck} in {@code body}, what came of comparing the two, and where
     * they differ a {@code warning}.
     */
    public static JsonObject checked(AuditEntry entry) {
        DigestCheck check = DigestCheck.of(entry.intent());
        JsonObject json = of(entry);
        json.getJsonObject("body").put("digestCheck", check.text());
        if (check == DigestCheck.DIFFERS) {
            json.put("warning", warning(entry.intent().body().bytes()));
        }
        return json;
    }

    private static String warning(@Nullable Buffer bytes) {
        return "The recorded body does not match its recorded digest: "
                + (bytes == null
                        ? "there is no body"
                        : "its length is " + bytes.length() + ", its sha256 "
                                + Digest.of(bytes).sha256())
                + ". This record was changed after it was written, or is damaged";
    }

    private static void putKnown(JsonObject json, String name, @Nullable Object value) {
        if (value != null) {
            json.put(name, value);
        }
    }
}
