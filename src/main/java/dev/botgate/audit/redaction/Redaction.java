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
 * Replaces values in JSON documents: every scalar at or below one of the pointers becomes the string {@code
 * "hmac-sha256:VERSION:HEX"}. Every other byte stays, names of members included.
 */
public final class Redaction {
    private final PointerTree pointers;
    private final RedactionKey key;

    private Redaction(PointerTree pointers, RedactionKey key) {
        this.pointers = pointers;
        this.key = key;
    }

    /** Replaces what {@code pointers} match, with digests by {@code key}. */
    public static Redaction of(Collection<JsonPointer> pointers, RedactionKey key) {
        return new Redaction(PointerTree.of(pointers), key);
    }

    public RedactionKey key() {
        return key;
    }

    /**
     * Redacts a document.
     *
     * @return the same object when there was nothing to replace; empty when {@code json} is not one JSON document in UTF-8
     */
    public Optional<Buffer> redact(Buffer json) {
        byte[] bytes = json.getBytes();
        try (JsonParser parser = JsonScalars.parser(bytes)) {
            Walk walk = new Walk(parser, bytes, key);
            return walk.wholeDocument(pointers) ? Optional.of(walk.replaced(json)) : Optional.empty();
        } catch (IOException noJson) {
            return Optional.empty();
        }
    }

    /** One pass over a document, without recursion. */
    private static final class Walk {
        private final JsonParser parser;
        private final byte[] json;
        private final RedactionKey key;
        private final Mac mac;
        private final Deque<Container> open = new ArrayDeque<>();
        private @Nullable Buffer result;
        private int copiedTo;

        Walk(JsonParser parser, byte[] json, RedactionKey key) {
            this.parser = parser;
            this.json = json;
            this.key = key;
            this.mac = key.mac();
        }

        /** Reads the whole document; false if it is none or more follows. */
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
                    PointerTree member = inner.pointers.below(parser.currentName());
                    value(parser.nextToken(), member);
                } else {
                    value(token, inner.nextElement());
                }
            }
            return parser.nextToken() == null;
        }

        private void value(JsonToken token, PointerTree pointers) throws IOException {
            if (token.isStructStart()) {
                if (pointers == PointerTree.NOTHING) {
                    parser.skipChildren();
                } else {
                    open.push(new Container(pointers));
                }
            } else if (pointers == PointerTree.ALL) {
                replace();
            }
        }

        private void replace() throws IOException {
            int start = JsonScalars.start(parser);
            String replacement = key.replacement(mac, JsonScalars.canonical(parser, json, start));
            result = (result == null ? Buffer.buffer(json.length) : result)
                    .appendBytes(json, copiedTo, start - copiedTo)
                    .appendString("\"")
                    .appendString(replacement)
                    .appendString("\"");
            copiedTo = JsonScalars.end(parser, json, start);
        }

        Buffer replaced(Buffer original) {
            return result == null ? original : result.appendBytes(json, copiedTo, json.length - copiedTo);
        }
    }

    /** An object or array that is open. */
    private static final class Container {
        private final PointerTree pointers;
        private int elements;

        Container(PointerTree pointers) {
            this.pointers = pointers;
        }

        PointerTree nextElement() {
            return pointers.below(Integer.toString(elements++));
        }
    }
}
