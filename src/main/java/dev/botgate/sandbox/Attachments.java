package dev.botgate.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;

/** The uploaded attachments, bounded by bytes; used on the sandbox's event loop only. */
final class Attachments {
    private static final Pattern MEDIA_TYPE = Pattern.compile("[\\w!#$&^.+-]+/[\\w!#$&^.+-]+(;[\\w !#$&^.+=\"/-]*)?");

    private final long maximumBytes;
    private final Map<String, Attachment> byId = new LinkedHashMap<>();
    private long bytes;

    /**
     * An attachment.
     *
     * @param views the bytes by name of view: {@code original}, and {@code thumbnail} where one came
     */
    private record Attachment(String name, String type, Map<String, Buffer> views) {
        long bytes() {
            return views.values().stream().mapToLong(Buffer::length).sum();
        }
    }

    Attachments(long maximumBytes) {
        this.maximumBytes = maximumBytes;
    }

    /** Stores an {@code AttachmentData}; gives its id. */
    String upload(ObjectNode data) {
        Map<String, Buffer> views = new LinkedHashMap<>();
        views.put("original", base64(data, "originalBase64"));
        if (data.hasNonNull("thumbnailBase64")) {
            views.put("thumbnail", base64(data, "thumbnailBase64"));
        }
        Attachment attachment =
                new Attachment(data.path("name").asText(""), data.path("type").asText(""), views);
        String id = "0-weu-d1-" + UUID.randomUUID().toString().replace("-", "");
        byId.put(id, attachment);
        bytes += attachment.bytes();
        while (bytes > maximumBytes) {
            bytes -= dropOldest().bytes();
        }
        return id;
    }

    /** The {@code AttachmentInfo}. */
    SandboxReply info(String id) {
        Attachment attachment = existing(id);
        ObjectNode info = SandboxJson.object().put("name", attachment.name()).put("type", attachment.type());
        ArrayNode views = info.putArray("views");
        attachment.views().forEach((view, content) -> views.addObject()
                .put("viewId", view)
                .put("size", content.length()));
        return SandboxReply.json(200, info);
    }

    /** The bytes of a view. */
    SandboxReply view(String id, String viewId) {
        Attachment attachment = existing(id);
        Buffer content = attachment.views().get(viewId);
        if (content == null) {
            throw ConnectorError.notFound("ViewNotFound", "The attachment has no such view.");
        }
        String type = MEDIA_TYPE.matcher(attachment.type()).matches() ? attachment.type() : "application/octet-stream";
        return SandboxReply.binary(type, content);
    }

    private Attachment existing(String id) {
        Attachment attachment = byId.get(id);
        if (attachment == null) {
            throw ConnectorError.notFound("AttachmentNotFound", "Attachment not found.");
        }
        return attachment;
    }

    private Attachment dropOldest() {
        Iterator<Attachment> oldestFirst = byId.values().iterator();
        Attachment oldest = oldestFirst.next();
        oldestFirst.remove();
        return oldest;
    }

    private static Buffer base64(ObjectNode data, String property) {
        try {
            return Buffer.buffer(Base64.getDecoder().decode(data.path(property).asText("")));
        } catch (IllegalArgumentException notBase64) {
            throw ConnectorError.badArgument(property + ": not base64 (expected: base64 as in RFC 4648 section 4).");
        }
    }
}
