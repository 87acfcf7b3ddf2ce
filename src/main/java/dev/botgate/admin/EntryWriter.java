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
import dev.botgate.audit.redaction.RedactionKey;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.jackson.JacksonCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Entries as JSON, written straight into bytes: an export is as fast as this. What is not known is left out. */
final class EntryWriter {
    /** What was recorded can be shown, however long a text it has. */
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private static final int BYTES_OF_AN_ENTRY = 1_200;

    private final JsonGenerator json;

    private EntryWriter(JsonGenerator json) {
        this.json = json;
    }

    /** Each entry on a line of its own. */
    static Buffer lines(List<AuditEntry> entries) {
        ByteArrayOutputStream lines = new ByteArrayOutputStream(entries.size() * BYTES_OF_AN_ENTRY);
        try (JsonGenerator json = FACTORY.createGenerator(lines)) {
            json.setRootValueSeparator(null);
            EntryWriter writer = new EntryWriter(json);
            for (AuditEntry entry : entries) {
                writer.entry(entry);
                json.writeRaw('\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Buffer.buffer(lines.toByteArray());
    }

    /** One entry, as an object. */
    static JsonObject object(AuditEntry entry) {
        try (JsonParser parser = FACTORY.createParser(lines(List.of(entry)).getBytes())) {
            return (JsonObject) JacksonCodec.fromParser(parser, Object.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What there is of an entry's attempts, as an array; empty where there is none. */
    static String attempts(AuditEntry entry) {
        return entry.attempts().isEmpty() ? "" : array(writer -> writer.attempts(entry.attempts()));
    }

    /** What came late, as an array; empty where nothing did. */
    static String late(AuditEntry entry) {
        return entry.late().isEmpty() ? "" : array(writer -> writer.late(entry.late()));
    }

    private static String array(Part part) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            part.write(new EntryWriter(json));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private interface Part {
        void write(EntryWriter writer) throws IOException;
    }

    private void entry(AuditEntry entry) throws IOException {
        Intent intent = entry.intent();
        json.writeStartObject();
        json.writeStringField("id", intent.exchange().id().toString());
        json.writeStringField("at", intent.exchange().at().toString());
        json.writeStringField("state", entry.status().text());
        json.writeStringField("gateway", intent.exchange().gateway().name());
        json.writeStringField("run", intent.exchange().gateway().boot().toString());
        json.writeNumberField("sequence", intent.exchange().sequence());
        json.writeStringField("requestId", intent.requestId());
        json.writeStringField("operation", intent.operation());
        json.writeStringField("method", intent.method());
        json.writeStringField("uri", intent.uri());
        json.writeStringField("upstream", intent.upstream());
        known("bot", intent.bot());
        known("tenant", intent.tenant());
        json.writeBooleanField("verified", intent.verified());
        known("conversation", intent.conversation());
        known("activity", intent.activity());
        known("member", intent.member());
        known("recipient", intent.recipient());
        body(intent);
        if (!entry.attempts().isEmpty()) {
            json.writeFieldName("attempts");
            attempts(entry.attempts());
        }
        if (entry.outcome() != null) {
            json.writeObjectFieldStart("outcome");
            outcome(entry.outcome());
            json.writeEndObject();
        }
        if (!entry.late().isEmpty()) {
            json.writeFieldName("late");
            late(entry.late());
        }
        json.writeEndObject();
    }

    private void body(Intent intent) throws IOException {
        json.writeObjectFieldStart("body");
        json.writeStringField("form", intent.body().form().text());
        known("mediaType", intent.sourceMediaType());
        digest(intent.body().digest());
        Buffer bytes = intent.body().bytes();
        if (bytes != null) {
            bytes(bytes);
        }
        json.writeEndObject();
    }

    /** Text where the bytes are UTF-8, else base64. */
    private void bytes(Buffer bytes) throws IOException {
        byte[] all = bytes.getBytes();
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(all))
                    .toString();
            json.writeStringField("text", text);
        } catch (CharacterCodingException binary) {
            json.writeStringField("base64", Base64.getEncoder().encodeToString(all));
        }
    }

    private void attempts(List<Attempt> attempts) throws IOException {
        json.writeStartArray();
        for (Attempt attempt : attempts) {
            json.writeStartObject();
            json.writeNumberField("number", attempt.number());
            json.writeStringField("at", attempt.at().toString());
            json.writeNumberField(
                    "latencyMicros",
                    TimeUnit.NANOSECONDS.toMicros(attempt.latency().toNanos()));
            known("status", attempt.status());
            known("error", attempt.error());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** What came after others had closed the exchange, and who says so. */
    private void late(List<Outcome> outcomes) throws IOException {
        json.writeStartArray();
        for (Outcome outcome : outcomes) {
            json.writeStartObject();
            outcome(outcome);
            json.writeStringField("gateway", outcome.recordedBy().name());
            json.writeStringField("run", outcome.recordedBy().boot().toString());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void outcome(Outcome outcome) throws IOException {
        json.writeStringField("close", outcome.closedAs().text());
        json.writeStringField("at", outcome.at().toString());
        json.writeNumberField("attempts", outcome.attempts());
        json.writeNumberField(
                "latencyMicros", TimeUnit.NANOSECONDS.toMicros(outcome.latency().toNanos()));
        known("status", outcome.status());
        known("replyId", outcome.replyId());
        known("conversation", outcome.conversation());
        known("activity", outcome.activity());
        known("error", outcome.error());
        if (outcome.sent() != null) {
            json.writeObjectFieldStart("sent");
            json.writeBooleanField("whole", outcome.sentWhole());
            digest(outcome.sent());
            json.writeEndObject();
        }
    }

    private void digest(@Nullable Digest digest) throws IOException {
        if (digest == null) {
            return;
        }
        json.writeNumberField("length", digest.length());
        if (digest.key() == null) {
            json.writeStringField("sha256", digest.sha256());
        } else {
            json.writeStringField("hmac", RedactionKey.shown(digest.key(), digest.sha256()));
        }
    }

    private void known(String name, @Nullable String value) throws IOException {
        if (value != null) {
            json.writeStringField(name, value);
        }
    }

    private void known(String name, @Nullable Integer value) throws IOException {
        if (value != null) {
            json.writeNumberField(name, value);
        }
    }
}
