package dev.botgate.audit.redaction;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Optional;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;

/**
 * The replacing of values in JSON documents: every scalar at one of the pointers, or beneath what is there, becomes the
 * string {@code "hmac-sha256:VERSION:HEX"}. Every other byte stays, names of members included.
 */
public final class Redaction {
    private final PointerTree reach;
    private final RedactionKey key;

    private Redaction(PointerTree reach, RedactionKey key) {
        this.reach = reach;
        this.key = key;
    }

    /** The replacing of what {@code pointers} mean, by {@code key}. */
    public static Redaction of(Collection<JsonPointer> pointers, RedactionKey key) {
        return new Redaction(PointerTree.of(pointers), key);
    }

    /** By what values are replaced. */
    public RedactionKey key() {
        return key;
    }

    /**
     * {@code json} with its values replaced; the same object when there was nothing to replace.
     *
     * @return empty for what is no JSON document in UTF-8, so that nobody knows what is in it
     */
    public Optional<Buffer> redact(Buffer json) {
        byte[] bytes = json.getBytes();
        try (JsonParser parser = JsonScalars.parser(bytes)) {
            Walk walk = new Walk(parser, bytes, key);
            return walk.wholeDocument(reach) ? Optional.of(walk.replaced(json)) : Optional.empty();
        } catch (IOException noJson) {
            return Optional.empty();
        }
    }

    /** One pass over a document; nesting costs no stack. */
    private static final class Walk {
        private final JsonParser parser;
        private final byte[] json;
        private final RedactionKey key;
        private final Mac mac;
        private final Deque<Container> open = new ArrayDeque<>();
        private @Nullable Buffer result;
        private int kept;

        Walk(JsonParser parser, byte[] json, RedactionKey key) {
            this.parser = parser;
            this.json = json;
            this.key = key;
            this.mac = key.mac();
        }

        /** Whether it was one document, and all of it. */
        boolean wholeDocument(PointerTree root) throws IOException {
            JsonToken first = parser.nextToken();
            if (first == null) {
                return false;
            }
            value(first, root);
            for (Container inner = open.peek(); inner != null; inner = open.peek()) {
                JsonToken token = parser.nextToken();
                if (token.isStructEnd()) {
                    open.remove();
                } else if (token == JsonToken.FIELD_NAME) {
                    PointerTree member = inner.reach.below(parser.currentName());
                    value(parser.nextToken(), member);
                } else {
                    value(token, inner.nextElement());
                }
            }
            return parser.nextToken() == null;
        }

        private void value(JsonToken token, PointerTree reach) throws IOException {
            if (token.isStructStart()) {
                if (reach == PointerTree.NOTHING) {
                    parser.skipChildren();
                } else {
                    open.push(new Container(reach));
                }
            } else if (reach == PointerTree.ALL) {
                replace();
            }
        }

        private void replace() throws IOException {
            int start = JsonScalars.start(parser);
            String replacement = key.replacement(mac, JsonScalars.canonical(parser, json, start));
            result = (result == null ? Buffer.buffer(json.length) : result)
                    .appendBytes(json, kept, start - kept)
                    .appendString("\"")
                    .appendString(replacement)
                    .appendString("\"");
            kept = JsonScalars.end(parser, json, start);
        }

        Buffer replaced(Buffer original) {
            return result == null ? original : result.appendBytes(json, kept, json.length - kept);
        }
    }

    /** An object or array that is open. */
    private static final class Container {
        private final PointerTree reach;
        private int elements;

        Container(PointerTree reach) {
            this.reach = reach;
        }

        PointerTree nextElement() {
            return reach.below(Integer.toString(elements++));
        }
    }
}
