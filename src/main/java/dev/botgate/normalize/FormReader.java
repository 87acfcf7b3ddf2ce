package dev.botgate.normalize;

import dev.botgate.failure.GatewayException;
import dev.botgate.schema.Schema;
import io.vertx.core.buffer.Buffer;

/**
 * Converts {@code application/x-www-form-urlencoded} bodies to JSON by the schema: names with brackets, dots and
 * indices, in UTF-8, where a plus is a space.
 */
public final class FormReader {
    /** From so many bytes on, a second time the room is worth saving. */
    private static final int WORTH_CONSUMING = 1 << 20;

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
        return json(bytes, new Bytes(Math.min(bytes.length(), 4_096), bytes.length()), model);
    }

    /** As {@link #read}, and leaves nothing meaningful in {@code form} where that is large. */
    Buffer consume(Buffer form, String model) {
        if (form.length() < WORTH_CONSUMING) {
            return read(form, model);
        }
        ByteRange bytes = ByteRange.of(form);
        return json(bytes, Bytes.inPlaceOf(bytes), model);
    }

    /**
     * Looks at a form's beginning.
     *
     * @throws GatewayException as {@link #read} does, where it would whatever the rest
     */
    void checkBeginning(Buffer form, String model) {
        ByteRange bytes = ByteRange.of(form);
        Bytes texts = new Bytes(4_096, bytes.length());
        try {
            fields(bytes, texts, model).checkBeginning();
        } catch (RefusedBody e) {
            throw e.asFailure();
        }
    }

    private Buffer json(ByteRange form, Bytes texts, String model) {
        try {
            return fields(form, texts, model).toEnd();
        } catch (RefusedBody e) {
            throw e.asFailure();
        }
    }

    private FormFields fields(ByteRange form, Bytes texts, String model) {
        return new FormFields(form, new FormTree(schema, settings, schema.body(model), texts), settings);
    }
}
