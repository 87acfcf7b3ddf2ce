package dev.botgate.normalize.xml;

import dev.botgate.normalize.json.JsonValue;
import dev.botgate.schema.Model;
import dev.botgate.schema.PropertyType;
import dev.botgate.schema.Schema;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Predicts the first elements of values that will be written. A reader uses them to tell dialects, wrappers and empty
 * values apart, so a writer must know where they would mislead it.
 */
final class FirstElementNames {
    private final Schema schema;
    private final XmlStyle style;
    private final Map<Model, List<Model.Property>> orders = new HashMap<>();

    FirstElementNames(Schema schema, XmlStyle style) {
        this.schema = schema;
        this.style = style;
    }

    /** The properties of {@code model} in the order in which they are written. */
    List<Model.Property> propertiesInOrder(Model model) {
        return orders.computeIfAbsent(model, style::propertiesInOrder);
    }

    /** Whether a reader would take {@code value}, written as an unwrapped item, for a wrapper around one item. */
    boolean looksLikeWrapper(JsonValue value, PropertyType item) {
        return item instanceof PropertyType.Reference reference
                && value.kind() == JsonValue.Kind.OBJECT
                && firstElement(value, schema.model(reference)).equals(reference.model());
    }

    /**
     * Whether a reader would take a document in the OpenAPI style for one of .NET, because its first element is no
     * property of the schema and begins with a capital. Such a document needs more attributes.
     */
    boolean beginsLikeDotNet(PropertyType rootType, JsonValue root) {
        PropertyType item = rootType instanceof PropertyType.ListOf list ? list.item() : rootType;
        if (!(item instanceof PropertyType.Reference reference)) {
            return false;
        }
        Model model = schema.model(reference);
        String first = "";
        if (item == rootType) {
            first = firstElement(root, model);
        } else if (root.kind() == JsonValue.Kind.ARRAY) {
            first = root.elements().stream()
                    .map(child -> firstElement(child, model))
                    .filter(name -> !name.isEmpty())
                    .findFirst()
                    .orElse("");
        }
        return !first.isEmpty()
                && model.property(first).isEmpty()
                && XmlDialect.byFirstElement(item, schema, first) == XmlDialect.XML_SERIALIZER;
    }

    /** The name of the first element of {@code object} in the OpenAPI style; empty where there will be none. */
    private String firstElement(JsonValue object, Model model) {
        if (object.kind() != JsonValue.Kind.OBJECT) {
            return "";
        }
        for (Model.Property property : propertiesInOrder(model)) {
            JsonValue child = object.member(property.name());
            if (child != null && !isLeftOut(child, property.type())) {
                return property.name();
            }
        }
        return object.members().keySet().stream()
                .filter(name -> model.property(name).isEmpty())
                .findFirst()
                .orElse("");
    }

    /** Whether the element of {@code object} will be empty. */
    boolean isEmpty(JsonValue object, PropertyType type) {
        return type instanceof PropertyType.Reference reference
                ? firstElement(object, schema.model(reference)).isEmpty()
                : object.members().isEmpty();
    }

    private boolean isLeftOut(JsonValue value, PropertyType type) {
        return type instanceof PropertyType.ListOf
                && value.kind() == JsonValue.Kind.ARRAY
                && value.elements().isEmpty();
    }
}
