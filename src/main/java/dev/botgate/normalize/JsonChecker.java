package dev.botgate.normalize;

import dev.botgate.exchange.JsonText;
import dev.botgate.failure.GatewayException;
import dev.botgate.schema.Schema;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/** Checks bodies of one model that are JSON already. */
public final class JsonChecker {
    /** More bytes than any mistake is told apart by: an escape of six, with room. */
    private static final int TELLING = 16;

    private final JsonScanner.Bounds bounds;
    private final Places root;

    /** A checker of bodies of {@code model}, a name as {@link Schema#body} takes it. */
    public JsonChecker(NormalizeSettings settings, Schema schema, String model) {
        this.bounds = new JsonScanner.Bounds(
                settings.maximumDepth(), settings.maximumNodes(), settings.maximumNames(), settings.maximumTextBytes());
        this.root = Places.in(schema, schema.body(model));
    }

    /**
     * The places of the service URLs in {@code json}.
     *
     * @throws GatewayException MALFORMED_BODY where {@code json} is not what RFC 8259 allows, has a name twice in one
     *     object, or is beyond the limits
     */
    public List<JsonText> check(Buffer json) {
        return look(json).serviceUrls();
    }

    /** What {@code json} holds; throws as {@link #check} does. */
    Findings look(Buffer json) {
        ByteRange bytes = ByteRange.of(json);
        try {
            return new JsonScanner(bytes.array(), bytes.start(), bytes.end(), bounds).scan(root);
        } catch (RefusedBody e) {
            throw e.asFailure();
        }
    }

    /**
     * Looks at a document's beginning.
     *
     * @throws GatewayException MALFORMED_BODY where no rest can make the document one that {@link #check} lets pass
     */
    void checkBeginning(Buffer json) {
        ByteRange bytes = ByteRange.of(json);
        try {
            var unused = new JsonScanner(bytes.array(), bytes.start(), bytes.end(), bounds).scan(root);
        } catch (RefusedBody e) {
            if (e.followedBy() >= TELLING) {
                throw e.asFailure();
            }
        }
    }

    /** What is in JSON that was made here, and was bounded as it was made. */
    Findings find(Buffer json) {
        ByteRange bytes = ByteRange.of(json);
        try {
            return new JsonScanner(bytes.array(), bytes.start(), bytes.end(), JsonScanner.Bounds.NONE).scan(root);
        } catch (RefusedBody e) {
            throw new IllegalStateException("the converted body is no JSON: " + e.getMessage(), e);
        }
    }
}
