package dev.botgate.normalize.form;

import dev.botgate.failure.GatewayException;
import dev.botgate.normalize.json.ByteBuilder;
import dev.botgate.normalize.json.ByteRange;
import dev.botgate.normalize.json.InvalidBodyException;
import dev.botgate.schema.Schema;
import io.vertx.core.buffer.Buffer;

/**
 * Converts {@code application/x-www-form-urlencoded} bodies in UTF-8 to JSON by the schema. Names may have brackets,
 * dots and indices; a plus is a space.
 */
public final class FormReader {
    /** From this size on the JSON is built in the memory of the form. */
    private static final int MIN_IN_PLACE_BYTES = 1 << 20;

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
        ByteRange bytes = ByteRange.of(form);
        return convert(bytes, new ByteBuilder(Math.min(bytes.length(), 4_096), bytes.length()), model);
    }

    /** Converts as {@link #toJson} does, but overwrites {@code form} where that is large. */
    public Buffer toJsonInPlace(Buffer form, String model) {
        if (form.length() < MIN_IN_PLACE_BYTES) {
            return toJson(form, model);
        }
        ByteRange bytes = ByteRange.of(form);
        return convert(bytes, ByteBuilder.inPlaceOf(bytes), model);
    }

    /**
     * Checks the first bytes of a form whose rest has not arrived.
     *
     * @throws GatewayException where {@link #toJson} would refuse the form whatever follows
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
