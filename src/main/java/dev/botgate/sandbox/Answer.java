package dev.botgate.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/** A whole reply, before anybody decides how badly it is delivered. */
record Answer(int status, Map<String, String> headers, Buffer body) {
    static final String JSON = "application/json; charset=utf-8";

    static Answer json(int status, JsonNode body) {
        return new Answer(status, Map.of("Content-Type", JSON), Json.write(body));
    }

    static Answer empty(int status) {
        return new Answer(status, Map.of(), Buffer.buffer());
    }

    static Answer binary(String contentType, Buffer body) {
        return new Answer(200, Map.of("Content-Type", contentType), body);
    }

    /** {@code {"id":"..."}}. */
    static Answer resource(int status, String id) {
        return json(status, Json.object().put("id", id));
    }

    static Answer text(int status, Map<String, String> headers, String body) {
        return new Answer(status, headers, Buffer.buffer(body));
    }

    Answer compressed() {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(body.getBytes());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return new Answer(status, headers, Buffer.buffer(compressed.toByteArray())).with("Content-Encoding", "gzip");
    }

    Answer with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Answer(status, more, body);
    }
}
