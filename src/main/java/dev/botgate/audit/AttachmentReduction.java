package dev.botgate.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.botgate.audit.redaction.RedactionKey;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * An {@code AttachmentData} document with the attachment's bytes replaced by what identifies them:
 * {@code "originalBase64":"sha256:HEX;bytes=N"}, of the decoded bytes. Every other byte stays as it is.
 *
 * <p>A value that is no base64 becomes {@code "sha256:HEX;text=N"}, of its UTF-8. One that was replaced by a keyed digest
 * stays so.
 */
final class AttachmentReduction {
    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private AttachmentReduction() {}

    /** The reduced document; null when {@code body} cannot be read, and so cannot be reduced. */
    static @Nullable Buffer of(Buffer body) {
        byte[] bytes = body.getBytes();
        Buffer reduced = Buffer.buffer();
        int kept = 0;
        try (JsonParser parser = JSON.createParser(bytes)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean ofBytes = holdsBytes(parser.currentName());
                JsonToken value = parser.nextToken();
                if (ofBytes && value == JsonToken.VALUE_STRING && !RedactionKey.isReplacement(parser.getText())) {
                    int start = (int) parser.currentTokenLocation().getByteOffset();
                    if (start < 0) {
                        return null; // Jackson knows no places of bytes in UTF-16 and UTF-32.
                    }
                    String replacement = identified(parser.getText());
                    int end = (int) parser.currentLocation().getByteOffset();
                    reduced.appendBytes(bytes, kept, start - kept)
                            .appendString("\"")
                            .appendString(replacement)
                            .appendString("\"");
                    kept = end;
                } else if (ofBytes && value != JsonToken.VALUE_STRING && value != JsonToken.VALUE_NULL) {
                    return null;
                }
                parser.skipChildren();
            }
            return parser.currentToken() == JsonToken.END_OBJECT
                    ? reduced.appendBytes(bytes, kept, bytes.length - kept)
                    : null;
        } catch (IOException e) {
            return null;
        }
    }

    /** Connectors read property names without regard to case. */
    private static boolean holdsBytes(String name) {
        return name.equalsIgnoreCase("originalBase64") || name.equalsIgnoreCase("thumbnailBase64");
    }

    private static String identified(String value) {
        try {
            return text(Digest.of(Base64.getMimeDecoder().decode(onlyBase64(value))), "bytes");
        } catch (IllegalArgumentException e) {
            return text(Digest.of(value.getBytes(StandardCharsets.UTF_8)), "text");
        }
    }

    /** {@code value}, unless it has what the lenient decoder would skip. */
    private static String onlyBase64(String value) {
        boolean clean = value.chars()
                .allMatch(character -> character < 128
                        && (Character.isLetterOrDigit(character)
                                || Character.isWhitespace(character)
                                || "+/=".indexOf(character) >= 0));
        if (!clean) {
            throw new IllegalArgumentException("not base64");
        }
        return value;
    }

    private static String text(Digest digest, String unit) {
        return "sha256:" + digest.sha256() + ";" + unit + "=" + digest.length();
    }
}
