package dev.botgate.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.botgate.exchange.ContentCodings;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.failure.Failure;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
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
    private static final int LONGEST_NAME = 1_024;
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
        String coding = reply.headers().get("Content-Encoding");
        try {
            return coding == null ? plain(bytes) : decoded(bytes, coding);
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

    /** Without a stream, which takes buffers and copies. */
    private static ReplySummary plain(Buffer bytes) throws IOException {
        HeldBytes held = HeldBytes.of(bytes);
        try (JsonParser parser = JSON.createParser(held.array(), held.start(), Math.min(held.length(), READ_BYTES))) {
            return read(parser);
        }
    }

    private static ReplySummary decoded(Buffer bytes, String coding) throws IOException {
        try (InputStream decoded = ContentCodings.decoded(bytes, coding).orElseGet(InputStream::nullInputStream);
                JsonParser parser = JSON.createParser(new Bounded(decoded))) {
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
        return text.length() <= LONGEST_NAME ? text : null;
    }

    /** Ends a stream after {@link #READ_BYTES}, whatever a small compressed reply may expand to. */
    private static final class Bounded extends InputStream {
        private final InputStream source;
        private int left = READ_BYTES;

        Bounded(InputStream source) {
            this.source = source;
        }

        @Override
        public int read() throws IOException {
            return left-- > 0 ? source.read() : -1;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (left <= 0) {
                return -1;
            }
            int count = source.read(into, offset, Math.min(length, left));
            left -= Math.max(count, 0);
            return count;
        }
    }
}
