package dev.botgate.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.botgate.exchange.ContentCoding;
import dev.botgate.exchange.ContentDecoder;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.failure.Failure;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the trail wants to know of an upstream's reply: names, never content.
 *
 * <p>Only the first {@value #READ_BYTES} bytes of a reply are read; of one that streams, what was read ahead. The reply must
 * be a JSON object, plain or coded as {@code gzip} or {@code deflate}. What cannot be read is unknown, which is no failure.
 *
 * @param id its {@code id}
 * @param activityId its {@code activityId}
 * @param errorCode the {@code code} of its {@code error}, or the gateway's own for a reply that was cut
 */
record ReplySummary(@Nullable String id, @Nullable String activityId, @Nullable String errorCode) {
    private static final int READ_BYTES = 1 << 20;
    private static final int MAX_NAME_LENGTH = 1_024;
    private static final ReplySummary NONE = new ReplySummary(null, null, null);
    private static final JsonFactory JSON = new JsonFactory();

    /** What {@code reply} tells. */
    static ReplySummary of(Reply reply) {
        if (reply.body() instanceof ReplyBody.Cut) {
            return new ReplySummary(null, null, Failure.UPSTREAM_REPLY_BROKEN.code());
        }
        Buffer bytes = known(reply.body());
        if (bytes.length() == 0) {
            return NONE;
        }
        try {
            Optional<ContentCoding> coding = ContentCoding.of(reply.headers());
            return coding.isEmpty() ? NONE : read(ContentDecoder.decodePrefix(bytes, coding.get(), READ_BYTES));
        } catch (IOException | RuntimeException e) {
            return NONE;
        }
    }

    private static Buffer known(ReplyBody body) {
        if (body instanceof ReplyBody.Whole whole) {
            return whole.bytes();
        }
        return body instanceof ReplyBody.Streamed streamed ? streamed.beginning() : Buffer.buffer();
    }

    private static ReplySummary read(Buffer bytes) throws IOException {
        HeldBytes held = HeldBytes.of(bytes);
        try (JsonParser parser = JSON.createParser(held.array(), held.start(), Math.min(held.length(), READ_BYTES))) {
            return read(parser);
        }
    }

    /** Keeps what was found when the rest turns out to be broken or too long. */
    private static ReplySummary read(JsonParser parser) {
        String id = null;
        String activityId = null;
        String errorCode = null;
        try {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return NONE;
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                JsonToken value = parser.nextToken();
                if (field.equals("id")) {
                    id = name(parser, value);
                } else if (field.equals("activityId")) {
                    activityId = name(parser, value);
                } else if (field.equals("error") && value == JsonToken.START_OBJECT) {
                    errorCode = code(parser);
                }
                parser.skipChildren();
            }
        } catch (IOException e) {
            return new ReplySummary(id, activityId, errorCode);
        }
        return new ReplySummary(id, activityId, errorCode);
    }

    private static @Nullable String code(JsonParser parser) throws IOException {
        String code = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            JsonToken value = parser.nextToken();
            if (field.equals("code")) {
                code = name(parser, value);
            }
            parser.skipChildren();
        }
        return code;
    }

    private static @Nullable String name(JsonParser parser, @Nullable JsonToken value) throws IOException {
        if (value != JsonToken.VALUE_STRING) {
            return null;
        }
        String text = parser.getText();
        return text.length() <= MAX_NAME_LENGTH ? text : null;
    }
}
