package dev.botgate.normalize.json;

import dev.botgate.failure.GatewayException;
import dev.botgate.schema.Schema;
import io.vertx.core.buffer.Buffer;

/** Checks bodies of one model that are JSON already. */
public final class JsonChecker {
    /** More bytes than any mistake is told apart by: an escape of six, with room. */
    private static final int MAX_AMBIGUOUS_BYTES = 16;

    private final JsonLimits limits;
    private final SchemaCursor root;

    /** A checker of bodies of {@code model}, a name as {@link Schema#body} takes it. */
    public JsonChecker(JsonLimits limits, Schema schema, String model) {
        this.limits = limits;
        this.root = SchemaCursor.root(schema, schema.body(model));
    }

    /**
     * What {@code json} holds.
     *
     * @throws GatewayException MALFORMED_BODY where {@code json} is not what RFC 8259 allows, has a name twice in one
     *     object, or is beyond the limits
     */
    public JsonCheckResult check(Buffer json) {
        ByteRange bytes = ByteRange.of(json);
        try {
            return new JsonScanner(bytes.array(), bytes.start(), bytes.end(), limits).scan(root);
        } catch (InvalidBodyException e) {
            throw e.toGatewayException();
        }
    }

    /**
     * Looks at a document's beginning.
     *
     * @throws GatewayException MALFORMED_BODY where no rest can make the document one that {@link #check} lets pass
     */
    public void checkPrefix(Buffer json) {
        ByteRange bytes = ByteRange.of(json);
        try {
            var unused = new JsonScanner(bytes.array(), bytes.start(), bytes.end(), limits).scan(root);
        } catch (InvalidBodyException e) {
            if (e.bytesAfter() >= MAX_AMBIGUOUS_BYTES) {
                throw e.toGatewayException();
            }
        }
    }

    /** What is in JSON that was made here, and was bounded as it was made. */
    public JsonCheckResult checkConverted(Buffer json) {
        ByteRange bytes = ByteRange.of(json);
        try {
            return new JsonScanner(bytes.array(), bytes.start(), bytes.end(), JsonLimits.NONE).scan(root);
        } catch (InvalidBodyException e) {
            throw new IllegalStateException("the converted body is no JSON: " + e.getMessage(), e);
        }
    }

    /**
     * Counts the values of a JSON document that is part of another body.
     *
     * @throws InvalidBodyException where {@code json} is no JSON, or is beyond {@code limits}
     */
    public static int countValues(ByteRange json, JsonLimits limits) throws InvalidBodyException {
        JsonScanner scanner = new JsonScanner(json.array(), json.start(), json.end(), limits);
        var unused = scanner.scan(SchemaCursor.NONE);
        return scanner.valueCount();
    }
}
