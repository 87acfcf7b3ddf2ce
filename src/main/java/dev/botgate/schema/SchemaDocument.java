package dev.botgate.schema;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A JSON value, as far as a schema needs one: objects in their order, and the text of everything else. Arrays are empty.
 *
 * <p>Reads with the parser alone: Jackson's databind would take longer to load than the document to read.
 */
record SchemaDocument(Map<String, SchemaDocument> members, boolean isObject, String text) {
    private static final SchemaDocument MISSING = new SchemaDocument(Map.of(), false, "");

    static SchemaDocument read(InputStream json) throws IOException {
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            var unused = parser.nextToken();
            return value(parser);
        }
    }

    private static SchemaDocument value(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT) {
            Map<String, SchemaDocument> members = new LinkedHashMap<>();
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                var unused = parser.nextToken();
                members.put(name, value(parser));
            }
            return new SchemaDocument(Collections.unmodifiableMap(members), true, "");
        }
        if (token == JsonToken.START_ARRAY) {
            var unused = parser.skipChildren();
            return MISSING;
        }
        return new SchemaDocument(Map.of(), false, token == null ? "" : parser.getText());
    }

    boolean has(String name) {
        return members.containsKey(name);
    }

    /** The member called so; an empty one where there is none. */
    SchemaDocument at(String name) {
        return members.getOrDefault(name, MISSING);
    }

    /** The text of the member called so; empty where there is none. */
    String text(String name) {
        return at(name).text();
    }
}
