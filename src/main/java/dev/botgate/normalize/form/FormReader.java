package dev.botgate.normalize.form;

import dev.botgate.failure.GatewayException;
import dev.botgate.normalize.json.ByteRange;
import dev.botgate.normalize.json.InvalidBodyException;
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
}
