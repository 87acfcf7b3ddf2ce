package dev.botgate.normalize.xml;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.botgate.schema.ModelProperty;
import dev.botgate.schema.PropertyType;
import dev.botgate.schema.Schema;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.TreeMap;

/** Canonical JSON for comparisons: members are sorted, numbers keep their spelling. */
final class CanonicalJson {
    private static final JsonFactory JSON = new JsonFactory();

    private final JsonParser parser;
    private final boolean withoutEmptyLists;
    private final Schema schema;

    private CanonicalJson(JsonParser parser, boolean withoutEmptyLists, Schema schema) {
        this.parser = parser;
        this.withoutEmptyLists = withoutEmptyLists;
        this.schema = schema;
    }

    /** @param withoutEmptyLists whether empty arrays of the schema are left out */
    static String of(Buffer json, boolean withoutEmptyLists, Schema schema, String model) {
        try (JsonParser parser = JSON.createParser(json.getBytes())) {
            parser.nextToken();
            return new CanonicalJson(parser, withoutEmptyLists, schema).value(schema.body(model));
        } catch (IOException e) {
            throw new UncheckedIOException(json.toString(), e);
        }
    }

    private String value(PropertyType type) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(type);
            case START_ARRAY -> array(type);
            case VALUE_STRING -> "'" + parser.getText() + "'";
            default -> parser.getText();
        };
    }

    private String object(PropertyType type) throws IOException {
        Map<String, String> members = new TreeMap<>();
        Optional<String> onlyList = onlyList(type);
        onlyList.ifPresent(name -> members.put(name, "[]"));
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            PropertyType member = member(type, name);
            parser.nextToken();
            String value = value(member);
            if (!withoutEmptyLists || !(member instanceof PropertyType.ListOf) || !value.equals("[]")) {
                members.put(name, value);
            }
        }
        return members.toString();
    }

    /** The name of the array in a model that is nothing but one array. */
    private Optional<String> onlyList(PropertyType type) {
        return type instanceof PropertyType.Reference reference
                ? schema.model(reference).onlyList().map(ModelProperty::name)
                : Optional.empty();
    }

    private PropertyType member(PropertyType type, String name) {
        if (type instanceof PropertyType.Reference reference) {
            return schema.model(reference)
                    .property(name)
                    .map(ModelProperty::type)
                    .orElseGet(PropertyType.Anything::new);
        }
        return type instanceof PropertyType.MapOf map ? map.value() : new PropertyType.Anything();
    }

    private String array(PropertyType type) throws IOException {
        StringJoiner items = new StringJoiner(",", "[", "]");
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(value(type instanceof PropertyType.ListOf list ? list.item() : new PropertyType.Anything()));
        }
        return items.toString();
    }
}
