package dev.botgate.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What the activity in a request's body says of itself. What it does not say, or not by a string, is null.
 *
 * <p>Names are compared without regard to letter case, as connectors read them, and the last of a repeated one counts. The
 * activity of CreateConversation is the body's {@code activity}. A history has many activities, and an attachment none: of
 * these nothing is read.
 *
 * @param text its {@code text}
 * @param sender the {@code id} of its {@code from}
 * @param recipient the {@code id} of its {@code recipient}
 * @param channel where it is, such as {@code msteams}
 */
public record ActivitySummary(
        @Nullable String text, @Nullable String sender, @Nullable String recipient, @Nullable String channel) {
    private static final ActivitySummary NONE = new ActivitySummary(null, null, null, null);

    /** A longer one is no id that anybody looks for. */
    private static final int MAX_ID_LENGTH = 1_024;

    /** What was recorded can be shown, however long a text it has. */
    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    /** What {@code body} says, as the request's body of the operation with this id. */
    public static ActivitySummary of(String operation, @Nullable Buffer body) {
        return read(operation, body, true);
    }

    /** The recipient alone, which spares the reading of the text. */
    static @Nullable String recipient(String operation, @Nullable Buffer body) {
        return read(operation, body, false).recipient();
    }

    private static ActivitySummary read(String operation, @Nullable Buffer body, boolean text) {
        if (body == null || operation.equals("SendConversationHistory") || operation.equals("UploadAttachment")) {
            return NONE;
        }
        HeldBytes held = HeldBytes.of(body);
        Reading reading = new Reading(text);
        try (JsonParser parser = JSON.createParser(held.array(), held.start(), held.length())) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                reading.object(parser, operation.equals("CreateConversation"));
            }
        } catch (IOException broken) {
            // What came before counts.
        }
        return reading.found();
    }

    /** One pass over a body. */
    private static final class Reading {
        private final boolean wantsText;
        private @Nullable String text;
        private @Nullable String sender;
        private @Nullable String recipient;
        private @Nullable String channel;

        Reading(boolean wantsText) {
            this.wantsText = wantsText;
        }

        /** @param around whether the activity is a member of this object, and not the object itself */
        void object(JsonParser parser, boolean around) throws IOException {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (around) {
                    if (name.equalsIgnoreCase("activity") && value == JsonToken.START_OBJECT) {
                        object(parser, false);
                    }
                } else if (name.equalsIgnoreCase("recipient")) {
                    recipient = id(parser, value);
                } else if (name.equalsIgnoreCase("from")) {
                    sender = id(parser, value);
                } else if (name.equalsIgnoreCase("channelId")) {
                    channel = string(parser, value);
                } else if (wantsText && name.equalsIgnoreCase("text")) {
                    text = string(parser, value);
                }
                parser.skipChildren();
            }
        }

        private static @Nullable String id(JsonParser parser, @Nullable JsonToken account) throws IOException {
            if (account != JsonToken.START_OBJECT) {
                return null;
            }
            String id = null;
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean wanted = parser.currentName().equalsIgnoreCase("id");
                JsonToken value = parser.nextToken();
                if (wanted) {
                    id = string(parser, value);
                }
                parser.skipChildren();
            }
            return id == null || id.length() > MAX_ID_LENGTH ? null : id;
        }

        private static @Nullable String string(JsonParser parser, @Nullable JsonToken value) throws IOException {
            return value == JsonToken.VALUE_STRING ? parser.getText() : null;
        }

        ActivitySummary found() {
            return new ActivitySummary(text, sender, recipient, channel);
        }
    }
}
