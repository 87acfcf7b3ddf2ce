package dev.botgate.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.botgate.audit.Attempt;
import dev.botgate.audit.AuditEntry;
import dev.botgate.audit.Digest;
import dev.botgate.audit.Intent;
import dev.botgate.audit.Outcome;
import dev.botgate.audit.access.AccessRecord;
import dev.botgate.audit.access.DigestCheck;
import dev.botgate.audit.access.Page;
import dev.botgate.audit.redaction.RedactionKey;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.jackson.JacksonCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Entries and access records as JSON. Unknown values are left out. */
public final class EntryJson {
    /** A request body may be a single long string. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private static final int EXPECTED_BYTES_PER_ENTRY = 1_200;

    private final JsonGenerator json;

    private EntryJson(JsonGenerator json) {
        this.json = json;
    }

    /** {@code {"entries": [...], "previous": "...", "next": "..."}}; without a cursor there is no such page. */
    static JsonObject ofEntries(Page<AuditEntry> page) {
        return page("entries", page.entries().stream().map(EntryJson::of).toList(), page.previous(), page.next());
    }

    /**
     * The history of an activity: {@code {"activity": "...", "changes": [...]}}, each an entry with the
     * {@code change} that it made or tried to make.
     */
    static JsonObject history(String activity, Page<AuditEntry> page) {
        List<JsonObject> changes = page.entries().stream()
                .map(entry ->
                        new JsonObject().put("change", change(activity, entry)).mergeIn(of(entry)))
                .toList();
        return new JsonObject()
                .put("activity", activity)
                .mergeIn(page("changes", changes, page.previous(), page.next()));
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

    /** {@code {"records": [...], "previous": "...", "next": "..."}}. */
    static JsonObject ofAccessRecords(Page<AccessRecord> page) {
        return page("records", page.entries().stream().map(EntryJson::of).toList(), page.previous(), page.next());
    }

    /** One record of access. */
    public static JsonObject of(AccessRecord access) {
        JsonObject json = new JsonObject()
                .put("id", access.id().toString())
                .put("at", access.at().toString())
                .put("action", access.action().text());
        putUnlessNull(json, "reader", access.reader().name());
        json.put("origin", access.reader().origin()).put("filters", new JsonObject(new TreeMap<>(access.filters())));
        putUnlessNull(json, "entries", access.entries());
        putUnlessNull(json, "last", access.last() == null ? null : access.last().toString());
        return json;
    }

    /** One exchange: the intent, the attempts if there were several, and under {@code outcome} how it ended, once known. */
    public static JsonObject of(AuditEntry entry) {
        try (JsonParser parser = FACTORY.createParser(lines(List.of(entry)).getBytes())) {
            return (JsonObject) JacksonCodec.fromParser(parser, Object.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * An entry that was read with its body: with {@code digestCheck} in {@code body}, and a {@code warning} if it
     * differs.
     */
    public static JsonObject checked(AuditEntry entry) {
        DigestCheck check = DigestCheck.of(entry.intent());
        JsonObject json = of(entry);
        json.getJsonObject("body").put("digestCheck", check.text());
        if (check == DigestCheck.DIFFERS) {
            Buffer bytes = entry.intent().body().bytes();
            String found = bytes == null
                    ? "there is no body"
                    : "its length is " + bytes.length() + ", its sha256 "
                            + Digest.of(bytes).sha256();
            json.put(
                    "warning",
                    "The recorded body does not match its recorded digest: " + found
                            + ". This record was changed after it was written, or is damaged");
        }
        return json;
    }

    /** Each entry on a line of its own. Written straight into bytes: nearly all the CPU time of an export goes here. */
    static Buffer lines(List<AuditEntry> entries) {
        ByteArrayOutputStream lines = new ByteArrayOutputStream(entries.size() * EXPECTED_BYTES_PER_ENTRY);
        try (JsonGenerator json = FACTORY.createGenerator(lines)) {
            json.setRootValueSeparator(null);
            EntryJson writer = new EntryJson(json);
            for (AuditEntry entry : entries) {
                writer.entry(entry);
                json.writeRaw('\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Buffer.buffer(lines.toByteArray());
    }

    /** The text of {@code bytes}; null where they are not UTF-8. */
    static @Nullable String text(Buffer bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.getBytes()))
                    .toString();
        } catch (CharacterCodingException binary) {
            return null;
        }
    }

    static String base64(Buffer bytes) {
        return Base64.getEncoder().encodeToString(bytes.getBytes());
    }

    static long micros(Duration duration) {
        return duration.toNanos() / 1_000;
    }

    private void entry(AuditEntry entry) throws IOException {
        Intent intent = entry.intent();
        json.writeStartObject();
        text("id", intent.exchange().id().toString());
        text("at", intent.exchange().at().toString());
        text("state", entry.status().text());
        text("gateway", intent.exchange().gateway().name());
        text("run", intent.exchange().gateway().runId().toString());
        json.writeNumberField("sequence", intent.exchange().sequence());
        text("requestId", intent.requestId());
        text("operation", intent.operation());
        text("method", intent.method());
        text("uri", intent.uri());
        text("upstream", intent.upstream());
        text("bot", intent.bot());
        text("tenant", intent.tenant());
        json.writeBooleanField("verified", intent.verified());
        text("conversation", intent.conversation());
        text("activity", intent.activity());
        text("member", intent.member());
        text("recipient", intent.recipient());
        body(intent);
        if (!entry.attempts().isEmpty()) {
            json.writeArrayFieldStart("attempts");
            for (Attempt attempt : entry.attempts()) {
                attempt(attempt);
            }
            json.writeEndArray();
        }
        if (entry.outcome() != null) {
            json.writeObjectFieldStart("outcome");
            outcome(entry.outcome());
            json.writeEndObject();
        }
        if (!entry.late().isEmpty()) {
            json.writeArrayFieldStart("late");
            for (Outcome late : entry.late()) {
                json.writeStartObject();
                outcome(late);
                text("gateway", late.recordedBy().name());
                text("run", late.recordedBy().runId().toString());
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    private void body(Intent intent) throws IOException {
        json.writeObjectFieldStart("body");
        text("form", intent.body().form().text());
        text("mediaType", intent.sourceMediaType());
        digest(intent.body().digest());
        Buffer bytes = intent.body().bytes();
        if (bytes != null) {
            String text = text(bytes);
            text(text == null ? "base64" : "text", text == null ? base64(bytes) : text);
        }
        json.writeEndObject();
    }

    private void attempt(Attempt attempt) throws IOException {
        json.writeStartObject();
        json.writeNumberField("number", attempt.number());
        text("at", attempt.at().toString());
        json.writeNumberField("latencyMicros", micros(attempt.latency()));
        number("status", attempt.status());
        text("error", attempt.error());
        json.writeEndObject();
    }

    private void outcome(Outcome outcome) throws IOException {
        text("closedAs", outcome.closedAs().text());
        text("at", outcome.at().toString());
        json.writeNumberField("attempts", outcome.attempts());
        json.writeNumberField("latencyMicros", micros(outcome.latency()));
        number("status", outcome.status());
        text("replyId", outcome.replyId());
        text("conversation", outcome.conversation());
        text("activity", outcome.activity());
        text("error", outcome.error());
        if (outcome.sent() != null) {
            json.writeObjectFieldStart("sent");
            json.writeBooleanField("whole", outcome.sentWhole());
            digest(outcome.sent());
            json.writeEndObject();
        }
    }

    private void digest(@Nullable Digest digest) throws IOException {
        if (digest != null) {
            json.writeNumberField("length", digest.length());
            text(
                    digest.key() == null ? "sha256" : "hmac",
                    digest.key() == null ? digest.sha256() : RedactionKey.text(digest.key(), digest.sha256()));
        }
    }

    private void text(String name, @Nullable String value) throws IOException {
        if (value != null) {
            json.writeStringField(name, value);
        }
    }

    private void number(String name, @Nullable Integer value) throws IOException {
        if (value != null) {
            json.writeNumberField(name, value);
        }
    }

    private static JsonObject page(
            String name, List<JsonObject> items, @Nullable String previous, @Nullable String next) {
        JsonObject json = new JsonObject().put(name, new JsonArray(items));
        putUnlessNull(json, "previous", previous);
        putUnlessNull(json, "next", next);
        return json;
    }

    private static void putUnlessNull(JsonObject json, String name, @Nullable Object value) {
        if (value != null) {
            json.put(name, value);
        }
    }
}
