package dev.botgate.normalize.json;

import dev.botgate.exchange.JsonStrings;
import dev.botgate.failure.GatewayException;
import dev.botgate.schema.Schema;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/** Checks JSON bodies of one model, and finds their service URLs. */
public final class JsonChecker {
    private final JsonLimits limits;
    private final SchemaCursor root;

    /**
     * The findings in a valid document.
     *
     * @param serviceUrls the service URLs, in the order of their offsets
     * @param namesMembers whether any {@code membersAdded} or {@code membersRemoved}, at any depth, is an array with
     *     elements
     */
    public record Result(List<JsonStrings.Span> serviceUrls, boolean namesMembers) {}

    /** @param model a model as {@link Schema#body} takes it */
    public JsonChecker(JsonLimits limits, Schema schema, String model) {
        this.limits = limits;
        this.root = SchemaCursor.root(schema, schema.body(model));
    }

    /**
     * Checks a body.
     *
     * @throws GatewayException MALFORMED_BODY where {@code json} violates RFC 8259, has a name twice in one object, or
     *     exceeds a limit
     */
    public Result check(Buffer json) {
        ByteRange bytes = ByteRange.of(json);
        try {
            return new JsonScanner(bytes.array(), bytes.start(), bytes.end(), limits).scan(root);
        } catch (InvalidBodyException e) {
            throw e.toGatewayException();
        }
    }

    /**
     * Finds the service URLs in JSON that was converted from another format. No limits apply: the conversion has
     * applied its own.
     */
    public Result checkConverted(Buffer json) {
        ByteRange bytes = ByteRange.of(json);
        try {
            return new JsonScanner(bytes.array(), bytes.start(), bytes.end(), JsonLimits.NONE).scan(root);
        } catch (InvalidBodyException e) {
            throw new IllegalStateException("the converted body is not valid JSON: " + e.getMessage(), e);
        }
    }

    /**
     * Checks JSON inside a body of another format.
     *
     * @return the number of its values
     * @throws InvalidBodyException where {@code json} is not valid JSON or exceeds {@code limits}
     */
    public static int countValues(ByteRange json, JsonLimits limits) throws InvalidBodyException {
        JsonScanner scanner = new JsonScanner(json.array(), json.start(), json.end(), limits);
        var unused = scanner.scan(SchemaCursor.NONE);
        return scanner.valueCount();
    }

    /**
     * The limits of one JSON document.
     *
     * @param maxDepth how deep objects and arrays may nest
     * @param maxValues how many values of any kind it may have
     * @param maxOpenNames how many names the objects that are open at once may have
     * @param maxTextBytes the longest string or number, in bytes as it is written
     */
    public record JsonLimits(int maxDepth, int maxValues, int maxOpenNames, int maxTextBytes) {
        static final JsonLimits NONE =
                new JsonLimits(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE);
    }
}
