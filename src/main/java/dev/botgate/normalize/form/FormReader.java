package dev.botgate.normalize.form;

import dev.botgate.failure.GatewayException;
import dev.botgate.normalize.json.ByteBuilder;
import dev.botgate.normalize.json.ByteRange;
import dev.botgate.normalize.json.InvalidBodyException;
import dev.botgate.schema.Schema;
import io.vertx.core.buffer.Buffer;

/**
 * Converts {@code application/x-www-form-urlencoded} bodies to JSON by the schema: names with brackets, dots and
 * indices, in UTF-8, where a plus is a space.
 */
public final class FormReader {
    /** From so many bytes on, a second time the room is worth saving. */
    private static final int MIN_IN_PLACE_BYTES = 1 << 20;

    private final FormLimits limits;
    private final Schema schema;

    public FormReader(FormLimits limits, Schema schema) {
        this.limits = limits;
        this.schema = schema;
    }

    /**
     * The JSON of {@code form}.
     *
     * @param model the name of the expected model
     * @throws GatewayException MALFORMED_BODY where a field is not well-formed, is not of the type that it should be,
     *     contradicts another, or there are too many
     */
    public Buffer toJson(Buffer form, String model) {
        ByteRange bytes = ByteRange.of(form);
        return convert(bytes, new ByteBuilder(Math.min(bytes.length(), 4_096), bytes.length()), model);
    }

    /** As {@link #toJson}, and leaves nothing meaningful in {@code form} where that is large. */
    public Buffer toJsonInPlace(Buffer form, String model) {
        if (form.length() < MIN_IN_PLACE_BYTES) {
            return toJson(form, model);
        }
        ByteRange bytes = ByteRange.of(form);
        return convert(bytes, ByteBuilder.inPlaceOf(bytes), model);
    }

    /**
     * Looks at a form's beginning.
     *
     * @throws GatewayException as {@link #toJson} does, where it would whatever the rest
     */
    public void checkPrefix(Buffer form, String model) {
        ByteRange bytes = ByteRange.of(form);
        ByteBuilder texts = new ByteBuilder(4_096, bytes.length());
        try {
            parser(bytes, texts, model).checkPrefix();
        } catch (InvalidBodyException e) {
            throw e.toGatewayException();
        }
    }

    private Buffer convert(ByteRange form, ByteBuilder texts, String model) {
        try {
            return parser(form, texts, model).parse();
        } catch (InvalidBodyException e) {
            throw e.toGatewayException();
        }
    }

    private FormParser parser(ByteRange form, ByteBuilder texts, String model) {
        return new FormParser(form, new FormTreeBuilder(schema, limits, schema.body(model), texts), limits);
    }
}
