package dev.botgate.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The object definitions of a Swagger 2.0 document. */
public final class Schema {
    private static final String CONNECTOR = "ConnectorAPI.json";
    private static final String DEFINITIONS = "#/definitions/";

    private final Map<String, Model> models;
    private final TreeMap<String, Model> modelsIgnoringCase;

    private Schema(Map<String, Model> models) {
        this.models = models;
        this.modelsIgnoringCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        modelsIgnoringCase.putAll(models);
    }

    /** The models of the packaged Bot Connector document. */
    public static Schema connector() {
        try (InputStream document = Schema.class.getResourceAsStream(CONNECTOR)) {
            if (document == null) {
                throw new IllegalStateException(CONNECTOR + " is not packaged");
            }
            return read(document);
        } catch (IOException e) {
            throw new UncheckedIOException(CONNECTOR + " cannot be read", e);
        }
    }

    /**
     * Reads the {@code definitions} of a Swagger 2.0 document in JSON.
     *
     * @throws IllegalArgumentException when {@link PropertyType} cannot express a definition
     */
    public static Schema read(InputStream document) throws IOException {
        JsonNode definitions = new JsonMapper().readTree(document).path("definitions");
        Map<String, Model> models = new LinkedHashMap<>();
        definitions.properties().forEach(definition -> {
            if (text(definition.getValue(), "type").equals("object")) {
                models.put(definition.getKey(), model(definition.getKey(), definition.getValue(), definitions));
            }
        });
        return new Schema(models);
    }

    /** The model of exactly that name. */
    public Optional<Model> model(String name) {
        return Optional.ofNullable(models.get(name));
    }

    /** The model of that name, ignoring case. */
    public Optional<Model> modelIgnoringCase(String name) {
        return Optional.ofNullable(modelsIgnoringCase.get(name));
    }

    /** The model that {@code reference} names; a schema has all that its own references name. */
    public Model model(PropertyType.Reference reference) {
        return model(reference.model())
                .orElseThrow(() -> new IllegalArgumentException(reference.model() + " is no model"));
    }

    /** The type of a whole body: {@code Activity}, or {@code ChannelAccount[]} for an array. */
    public PropertyType body(String modelName) {
        String item = modelName.endsWith("[]") ? modelName.substring(0, modelName.length() - 2) : modelName;
        PropertyType.Reference reference = new PropertyType.Reference(
                model(new PropertyType.Reference(item)).name());
        return item.equals(modelName) ? reference : new PropertyType.ListOf(reference);
    }

    private static Model model(String name, JsonNode definition, JsonNode definitions) {
        List<Model.Property> properties = new ArrayList<>();
        definition
                .path("properties")
                .properties()
                .forEach(property ->
                        properties.add(new Model.Property(property.getKey(), type(property.getValue(), definitions))));
        return new Model(name, properties);
    }

    private static PropertyType type(JsonNode node, JsonNode definitions) {
        if (node.has("$ref")) {
            return reference(text(node, "$ref"), definitions);
        }
        String type = text(node, "type");
        String format = text(node, "format");
        return switch (type) {
            case "string" -> string(format);
            case "boolean" -> PropertyType.Scalar.BOOLEAN;
            case "integer" -> format.equals("int32") ? PropertyType.Scalar.INT32 : PropertyType.Scalar.INTEGER;
            case "number" -> PropertyType.Scalar.NUMBER;
            case "array" -> new PropertyType.ListOf(type(node.path("items"), definitions));
            case "object" -> object(node, definitions);
            default ->
                throw new IllegalArgumentException(
                        "type: " + type + " (expected: string, boolean, integer, number, array or object)");
        };
    }

    private static PropertyType reference(String reference, JsonNode definitions) {
        String name = reference.startsWith(DEFINITIONS) ? reference.substring(DEFINITIONS.length()) : "";
        JsonNode definition = definitions.path(name);
        if (text(definition, "type").equals("object")) {
            return new PropertyType.Reference(name);
        }
        if (!definitions.has(name)) {
            throw new IllegalArgumentException("$ref: " + reference + " (expected: a name below " + DEFINITIONS + ")");
        }
        return type(definition, definitions);
    }

    private static PropertyType string(String format) {
        return switch (format) {
            case "date-time" -> PropertyType.Scalar.DATE_TIME;
            case "byte" -> PropertyType.Scalar.BYTE;
            default -> PropertyType.Scalar.STRING;
        };
    }

    private static String text(JsonNode node, String name) {
        return node.path(name).asText();
    }

    private static PropertyType object(JsonNode node, JsonNode definitions) {
        if (node.has("properties")) {
            throw new IllegalArgumentException(
                    "a property has properties of its own (expected: a $ref to a definition)");
        }
        JsonNode values = node.path("additionalProperties");
        return values.isObject() ? new PropertyType.MapOf(type(values, definitions)) : new PropertyType.Anything();
    }
}
