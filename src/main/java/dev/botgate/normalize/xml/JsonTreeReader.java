package dev.botgate.normalize.xml;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.botgate.normalize.json.ByteRange;
import dev.botgate.normalize.json.JsonTree;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Reads JSON into a tree that will be written as XML, and checks that XML allows its characters. */
final class JsonTreeReader {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final JsonTree tree;
    private final int maxDepth;
    private final JsonParser parser;

    private JsonTreeReader(JsonTree tree, int maxDepth, JsonParser parser) {
        this.tree = tree;
        this.maxDepth = maxDepth;
        this.parser = parser;
    }

    /**
     * Reads {@code json} into {@code tree}. Numbers keep their spelling.
     *
     * @return the root
     * @throws NotRepresentableInXmlException where {@code json} is not valid JSON, has a name twice in one object,
     *     nests deeper than {@code maxDepth}, or contains a character that XML does not allow
     */
    static int read(Buffer json, JsonTree tree, int maxDepth) throws NotRepresentableInXmlException {
        ByteRange bytes = ByteRange.of(json);
        try (JsonParser parser = JSON.createParser(bytes.array(), bytes.start(), bytes.length())) {
            if (parser.nextToken() == null) {
                throw new NotRepresentableInXmlException("the document is empty");
            }
            int root = new JsonTreeReader(tree, maxDepth, parser).value(0);
            if (parser.nextToken() != null) {
                throw new NotRepresentableInXmlException("there is data after the value");
            }
            return root;
        } catch (IOException e) {
            throw new NotRepresentableInXmlException("invalid JSON");
        }
    }

    private int value(int depth) throws IOException, NotRepresentableInXmlException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(depth + 1);
            case START_ARRAY -> array(depth + 1);
            case VALUE_STRING -> text(JsonTree.Kind.TEXT, parser.getText());
            case VALUE_NULL -> tree.create(JsonTree.Kind.NULL);
            case VALUE_TRUE, VALUE_FALSE, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
                text(JsonTree.Kind.LITERAL, parser.getText());
            default -> throw new NotRepresentableInXmlException("the document ends too early");
        };
    }

    private int object(int depth) throws IOException, NotRepresentableInXmlException {
        checkDepth(depth);
        int object = tree.create(JsonTree.Kind.OBJECT);
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            checkCharacters(name);
            JsonToken unused = parser.nextToken();
            tree.append(object, tree.nameId(name), value(depth));
        }
        return object;
    }

    private int array(int depth) throws IOException, NotRepresentableInXmlException {
        checkDepth(depth);
        int array = tree.create(JsonTree.Kind.ARRAY);
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            tree.append(array, value(depth));
        }
        return array;
    }

    private int text(JsonTree.Kind kind, String text) throws NotRepresentableInXmlException {
        checkCharacters(text);
        int start = tree.texts().length();
        tree.texts().append(text.getBytes(StandardCharsets.UTF_8));
        return tree.createText(kind, start);
    }

    private void checkDepth(int depth) throws NotRepresentableInXmlException {
        if (depth > maxDepth) {
            throw new NotRepresentableInXmlException("nested too deeply");
        }
    }

    private static void checkCharacters(String text) throws NotRepresentableInXmlException {
        if (!XmlCharacters.areAllowed(text)) {
            throw new NotRepresentableInXmlException("a character that XML does not allow");
        }
    }
}
