package dev.botgate.exchange;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds string properties of a JSON object and replaces strings; every other byte is kept. */
public final class JsonStrings {
    private static final JsonFactory JSON = new JsonFactory();

    private JsonStrings() {}

    /**
     * A string inside a JSON document, with its place, so that it can be replaced and every other byte kept.
     *
     * @param start the offset in bytes of the opening quote
     * @param end the offset in bytes just after the closing quote
     * @param value the string, its escapes resolved
     */
    public record Span(int start, int end, String value) {}

    /**
     * The string properties of the outermost object whose name is in {@code names}; letter case matters.
     *
     * @return name to string; the last one of a repeated property; empty if {@code json} is no JSON object or is not in UTF-8, where the
     *     parser has no byte offsets
     */
    public static Map<String, Span> find(Buffer json, Set<String> names) {
        Map<String, Span> found = new HashMap<>();
        byte[] bytes = json.getBytes();
        try (JsonParser parser = JSON.createParser(bytes)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return Map.of();
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                if (parser.nextToken() == JsonToken.VALUE_STRING && names.contains(name)) {
                    if (parser.currentTokenLocation().getByteOffset() < 0) {
                        return Map.of();
                    }
                    found.put(name, span(parser, bytes));
                }
                parser.skipChildren();
            }
            return found;
        } catch (IOException noJson) {
            return Map.of();
        }
    }

    private static Span span(JsonParser parser, byte[] bytes) throws IOException {
        int start = Math.toIntExact(parser.currentTokenLocation().getByteOffset());
        String value = parser.getText();
        return new Span(start, endOfString(bytes, start), value);
    }

    /** The offset after the string that begins at {@code start} in well-formed JSON. */
    private static int endOfString(byte[] bytes, int start) {
        int at = start + 1;
        while (bytes[at] != '"') {
            at += bytes[at] == '\\' ? 2 : 1;
        }
        return at + 1;
    }

    /** {@code json} with the string at {@code place} replaced by {@code value}; every other byte is kept. */
    public static Buffer replace(Buffer json, Span place, String value) {
        return replace(json, List.of(new Span(place.start(), place.end(), value)));
    }

    /**
     * {@code json} with a new string at each place. The bytes are copied once, however many places there are.
     *
     * @param replacements the places with their new strings, in byte order, without overlap
     */
    public static Buffer replace(Buffer json, List<Span> replacements) {
        int length = json.length();
        for (Span replacement : replacements) {
            length += Math.max(0, replacement.value().length() + 2 - (replacement.end() - replacement.start()));
        }
        Buffer replaced = Buffer.buffer(length);
        int kept = 0;
        for (Span replacement : replacements) {
            replaced.appendBuffer(json, kept, replacement.start() - kept).appendString(quoted(replacement.value()));
            kept = replacement.end();
        }
        return replaced.appendBuffer(json, kept, json.length() - kept);
    }

    private static String quoted(String value) {
        StringBuilder quoted = new StringBuilder(value.length() + 2).append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
