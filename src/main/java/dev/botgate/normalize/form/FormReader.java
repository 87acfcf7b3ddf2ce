package dev.botgate.normalize.form;

import dev.botgate.failure.GatewayException;
import dev.botgate.normalize.json.ByteRange;
import dev.botgate.normalize.json.InvalidBodyException;
import dev.botgate.normalize.json.JsonChecker.JsonLimits;
import dev.botgate.schema.Schema;
import io.vertx.core.buffer.Buffer;

/**
 * Converts {@code application/x-www-form-urlencoded} bodies in UTF-8 to JSON by the schema. Names may have brackets,
 * dots and indices; a plus is a space.
 */
public final class FormReader {
    private final FormLimits limits;
    private final Schema schema;

    public FormReader(FormLimits limits, Schema schema) {
        this.limits = limits;
        this.schema = schema;
    }

    /**
     * Converts {@code form}.
     *
     * @param model the expected model as {@link Schema#body} takes it
     * @throws GatewayException MALFORMED_BODY where a field is malformed, has the wrong type or contradicts another, or
     *     where the form exceeds a limit
     */
    public Buffer toJson(Buffer form, String model) {
        FormTreeBuilder tree = new FormTreeBuilder(schema, limits, schema.body(model));
        try {
            return new FormParser(ByteRange.of(form), tree, limits).parse();
        } catch (InvalidBodyException e) {
            throw e.toGatewayException();
        }
    }

    /**
     * The limits of one form.
     *
     * @param maxFields how many fields, and how many different names, it may have
     * @param maxValues how many values its JSON may have
     * @param maxDepth how deep the values may nest
     * @param maxOpenNames how many names the open objects of JSON in a field may have
     * @param maxTextBytes the longest single text, in bytes of UTF-8
     */
    public record FormLimits(int maxFields, int maxValues, int maxDepth, int maxOpenNames, int maxTextBytes) {

        /** The limits of JSON in a field that is nested {@code depth} deep, in a form that has {@code values} values already. */
        JsonLimits ofNestedJson(int depth, int values) {
            return new JsonLimits(maxDepth - depth, maxValues - values, maxOpenNames, maxTextBytes);
        }
    }
}
