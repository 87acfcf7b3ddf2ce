package dev.botgate.normalize;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Reads JSON that shall become XML into a tree, and finds out on its way whether XML can carry its texts. */
final class JsonTree {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final Tree tree;
    private final int maximumDepth;
    private final JsonParser parser;

    private JsonTree(Tree tree, int maximumDepth, JsonParser parser) {
        this.tree = tree;
        this.maximumDepth = maximumDepth;
        this.parser = parser;
    }

    /**
     * Reads {@code json} into {@code tree}, literals as they are written.
     *
     * @return the root
     * @throws NotInXml where it is no JSON, has a name twice in one object, is nested deeper than {@code maximumDepth}, or
     *     holds what is no character of XML
     */
    static int read(Buffer json, Tree tree, int maximumDepth) throws NotInXml {
        ByteRange bytes = ByteRange.of(json);
        try (JsonParser parser = JSON.createParser(bytes.array(), bytes.start(), bytes.length())) {
            if (parser.nextToken() == null) {
                throw new NotInXml("there is no value");
            }
            int root = new JsonTree(tree, maximumDepth, parser).value(0);
            if (parser.nextToken() != null) {
                throw new NotInXml("something follows the value");
            }
            return root;
        } catch (IOException e) {
            throw new NotInXml("not the JSON that was expected");
        }
    }

    private int value(int depth) throws IOException, NotInXml {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(depth + 1);
            case START_ARRAY -> array(depth + 1);
            case VALUE_STRING -> text(Tree.Kind.TEXT, parser.getText());
            case VALUE_NULL -> tree.make(Tree.Kind.NULL);
            case VALUE_TRUE, VALUE_FALSE, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
                text(Tree.Kind.LITERAL, parser.getText());
            default -> throw new NotInXml("the document ends too early");
        };
    }

    private int object(int depth) throws IOException, NotInXml {
        checkDepth(depth);
        int object = tree.make(Tree.Kind.OBJECT);
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            checkCharacters(name);
            JsonToken unused = parser.nextToken();
            tree.append(object, tree.name(name), value(depth));
        }
        return object;
    }

    private int array(int depth) throws IOException, NotInXml {
        checkDepth(depth);
        int array = tree.make(Tree.Kind.ARRAY);
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            tree.append(array, value(depth));
        }
        return array;
    }

    private int text(Tree.Kind kind, String text) throws NotInXml {
        checkCharacters(text);
        int start = tree.texts().length();
        tree.texts().append(text.getBytes(StandardCharsets.UTF_8));
        return tree.makeText(kind, start);
    }

    private void checkDepth(int depth) throws NotInXml {
        if (depth > maximumDepth) {
            throw new NotInXml("nested too deep");
        }
    }

    private static void checkCharacters(String text) throws NotInXml {
        if (!XmlNames.areCharacters(text)) {
            throw new NotInXml("a character that XML does not have");
        }
    }
}
