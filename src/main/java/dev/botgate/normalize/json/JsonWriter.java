package dev.botgate.normalize.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Writes a {@link JsonValue} as JSON without white space, in the order of the source. */
public final class JsonWriter {
    /** The depth was limited when the value was built. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamWriteConstraints(StreamWriteConstraints.builder()
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .build())
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .build();

    private final JsonGenerator out;

    private JsonWriter(JsonGenerator out) {
        this.out = out;
    }

    /** Writes {@code value} in UTF-8. Recurses to its depth. */
    public static Buffer write(JsonValue value) {
        ByteBuf bytes = Unpooled.buffer(1_024);
        try (OutputStream stream = new ByteBufOutputStream(bytes);
                JsonGenerator out = JSON.createGenerator(stream)) {
            new JsonWriter(out).value(value);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return BufferInternal.buffer(bytes);
    }

    private void value(JsonValue value) throws IOException {
        switch (value.kind()) {
            case UNDETERMINED, NULL -> out.writeNull();
            case TEXT -> out.writeString(value.text());
            case LITERAL -> out.writeRawValue(value.text());
            case OBJECT -> object(value);
            case ARRAY, IMPLICIT_ARRAY -> array(value.elements());
            case UNWRAPPED_ARRAY -> unwrappedArray(value);
            case INDEXED_ARRAY -> array(sortedByIndex(value));
            case OBJECT_OR_ARRAY -> objectOrArray(value);
        }
    }

    private void object(JsonValue value) throws IOException {
        out.writeStartObject();
        for (Map.Entry<String, JsonValue> member : value.members().entrySet()) {
            out.writeFieldName(member.getKey());
            value(member.getValue());
        }
        out.writeEndObject();
    }

    private void array(Collection<JsonValue> elements) throws IOException {
        out.writeStartArray();
        for (JsonValue element : elements) {
            value(element);
        }
        out.writeEndArray();
    }

    private void unwrappedArray(JsonValue value) throws IOException {
        JsonValue first = value.elements().get(0);
        boolean alone = value.elements().size() == 1;
        if (alone && (first.kind() == JsonValue.Kind.NULL || first.kind() == JsonValue.Kind.ARRAY)) {
            value(first);
        } else {
            array(value.elements());
        }
    }

    private void objectOrArray(JsonValue value) throws IOException {
        int count = value.members().size();
        // Names are different, so as many indices below the count are all of them.
        boolean dense = count > 0
                && value.members().keySet().stream()
                        .mapToInt(JsonValue::arrayIndex)
                        .allMatch(index -> index >= 0 && index < count);
        if (dense) {
            array(sortedByIndex(value));
        } else {
            object(value);
        }
    }

    private static List<JsonValue> sortedByIndex(JsonValue value) {
        return value.members().entrySet().stream()
                .sorted(Comparator.comparingInt(member -> JsonValue.arrayIndex(member.getKey())))
                .map(Map.Entry::getValue)
                .toList();
    }
}
