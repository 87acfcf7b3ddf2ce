package dev.botgate.normalize.xml;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.botgate.normalize.json.ByteRange;
import dev.botgate.normalize.json.JsonValue;
import dev.botgate.normalize.xml.XmlWriter.NotRepresentableInXmlException;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;

/** Reads JSON that will be written as XML, and checks that XML allows its characters. */
final class JsonValueReader {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final int maxDepth;
    private final JsonParser parser;

    private JsonValueReader(int maxDepth, JsonParser parser) {
        this.maxDepth = maxDepth;
        this.parser = parser;
    }

    /**
     * Reads {@code json}. Numbers keep their spelling.
     *
     * @throws NotRepresentableInXmlException where {@code json} is not valid JSON, has a name twice in one object,
     *     nests deeper than {@code maxDepth}, or contains a character that XML does not allow
     */
    static JsonValue read(Buffer json, int maxDepth) throws NotRepresentableInXmlException {
        ByteRange bytes = ByteRange.of(json);
        try (JsonParser parser = JSON.createParser(bytes.array(), bytes.start(), bytes.length())) {
            if (parser.nextToken() == null) {
                throw new NotRepresentableInXmlException("the document is empty");
            }
            JsonValue root = new JsonValueReader(maxDepth, parser).value(0);
            if (parser.nextToken() != null) {
                throw new NotRepresentableInXmlException("there is data after the value");
            }
            return root;
        } catch (IOException e) {
            throw new NotRepresentableInXmlException("invalid JSON");
        }
    }

    private JsonValue value(int depth) throws IOException, NotRepresentableInXmlException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(depth + 1);
            case START_ARRAY -> array(depth + 1);
            case VALUE_STRING -> text(JsonValue.Kind.TEXT, parser.getText());
            case VALUE_NULL -> JsonValue.of(JsonValue.Kind.NULL);
            case VALUE_TRUE, VALUE_FALSE, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
                text(JsonValue.Kind.LITERAL, parser.getText());
            default -> throw new NotRepresentableInXmlException("the document ends too early");
        };
    }

    private JsonValue object(int depth) throws IOException, NotRepresentableInXmlException {
        checkDepth(depth);
        JsonValue object = JsonValue.of(JsonValue.Kind.OBJECT);
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            checkCharacters(name);
            JsonToken unused = parser.nextToken();
            object.put(name, value(depth));
        }
        return object;
    }

    private JsonValue array(int depth) throws IOException, NotRepresentableInXmlException {
        checkDepth(depth);
        JsonValue array = JsonValue.of(JsonValue.Kind.ARRAY);
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            array.add(value(depth));
        }
        return array;
    }

    private JsonValue text(JsonValue.Kind kind, String text) throws NotRepresentableInXmlException {
        checkCharacters(text);
        return JsonValue.of(kind, text);
    }

    private void checkDepth(int depth) throws NotRepresentableInXmlException {
        if (depth > maxDepth) {
            throw new NotRepresentableInXmlException("nested too deeply");
        }
    }

    private static void checkCharacters(String text) throws NotRepresentableInXmlException {
        if (!XmlNames.areCharactersAllowed(text)) {
            throw new NotRepresentableInXmlException("a character that XML does not allow");
        }
    }
}
