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
    private static final int WORTH_CONSUMING = 1 << 20;

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
    public Buffer read(Buffer form, String model) {
        ByteRange bytes = ByteRange.of(form);
        return json(bytes, new ByteBuilder(Math.min(bytes.length(), 4_096), bytes.length()), model);
    }

    /** As {@link #read}, and leaves nothing meaningful in {@code form} where that is large. */
    public Buffer consume(Buffer form, String model) {
        if (form.length() < WORTH_CONSUMING) {
            return read(form, model);
        }
        ByteRange bytes = ByteRange.of(form);
        return json(bytes, ByteBuilder.inPlaceOf(bytes), model);
    }

    /**
     * Looks at a form's beginning.
     *
     * @throws GatewayException as {@link #read} does, where it would whatever the rest
     */
    public void checkBeginning(Buffer form, String model) {
        ByteRange bytes = ByteRange.of(form);
        ByteBuilder texts = new ByteBuilder(4_096, bytes.length());
        try {
            fields(bytes, texts, model).checkBeginning();
        } catch (InvalidBodyException e) {
            throw e.asFailure();
        }
    }

    private Buffer json(ByteRange form, ByteBuilder texts, String model) {
        try {
            return fields(form, texts, model).toEnd();
        } catch (InvalidBodyException e) {
            throw e.asFailure();
        }
    }

    private FormParser fields(ByteRange form, ByteBuilder texts, String model) {
        return new FormParser(form, new FormTreeBuilder(schema, limits, schema.body(model), texts), limits);
    }
}
