package dev.botgate.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/** A whole reply, as it is sent unless a fault applies. */
record SandboxReply(int status, Map<String, String> headers, Buffer body) {
    static final String JSON = "application/json; charset=utf-8";

    static SandboxReply json(int status, JsonNode body) {
        return new SandboxReply(status, Map.of("Content-Type", JSON), SandboxJson.write(body));
    }

    static SandboxReply empty(int status) {
        return new SandboxReply(status, Map.of(), Buffer.buffer());
    }

    static SandboxReply binary(String contentType, Buffer body) {
        return new SandboxReply(200, Map.of("Content-Type", contentType), body);
    }

    /** {@code {"id":"..."}}. */
    static SandboxReply resource(int status, String id) {
        return json(status, SandboxJson.object().put("id", id));
    }

    static SandboxReply text(int status, Map<String, String> headers, String body) {
        return new SandboxReply(status, headers, Buffer.buffer(body));
    }

    SandboxReply compressed() {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(body.getBytes());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return new SandboxReply(status, headers, Buffer.buffer(compressed.toByteArray()))
                .with("Content-Encoding", "gzip");
    }

    SandboxReply with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new SandboxReply(status, more, body);
    }
}
