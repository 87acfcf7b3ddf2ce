package dev.botgate.normalize;

import dev.botgate.failure.GatewayException;
import dev.botgate.schema.Schema;
import io.vertx.core.buffer.Buffer;

/**
 * Converts {@code application/x-www-form-urlencoded} bodies to JSON by the schema: names with brackets, dots and
 * indices, in UTF-8, where a plus is a space.
 */
public final class FormReader {
    private final NormalizeSettings settings;
    private final Schema schema;

    public FormReader(NormalizeSettings settings, Schema schema) {
        this.settings = settings;
        this.schema = schema;
    }

    /**
     * The JSON of {@code form}.
     *
     * @param model the name of the expected model
     * @throws GatewayException MALFORMED_BODY where a field is not well-formed, is not of the type that it should be,
     *     contradicts another, or there are too many
     */
    public Buffer read(Buffer form, String model) {
        ByteRange bytes = ByteRange.of(form);
        try {
            return new FormFields(bytes, new FormTree(schema, settings, schema.body(model), bytes.length()), settings)
                    .toEnd();
        } catch (RefusedBody e) {
            throw e.asFailure();
        }
    }
}
