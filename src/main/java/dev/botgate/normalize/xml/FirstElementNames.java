package dev.botgate.normalize.xml;

import dev.botgate.normalize.json.JsonTree;
import dev.botgate.schema.Model;
import dev.botgate.schema.ModelProperty;
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
    private final JsonTree tree;
    private final Schema schema;
    private final XmlStyle style;
    private final Map<Model, List<ModelProperty>> orders = new HashMap<>();

    FirstElementNames(JsonTree tree, Schema schema, XmlStyle style) {
        this.tree = tree;
        this.schema = schema;
        this.style = style;
    }

    /** The properties of {@code model} in the order in which they are written. */
    List<ModelProperty> propertiesInOrder(Model model) {
        return orders.computeIfAbsent(model, style::propertiesInOrder);
    }

    /** Whether a reader would take {@code value}, written as an unwrapped item, for a wrapper around one item. */
    boolean looksLikeWrapper(int value, PropertyType item) {
        return item instanceof PropertyType.Reference reference
                && tree.kind(value) == JsonTree.Kind.OBJECT
                && firstElement(value, schema.model(reference)).equals(reference.model());
    }

    /**
     * Whether a reader would take a document in the OpenAPI style for one of .NET, because its first element is no
     * property of the schema and begins with a capital. Such a document needs more attributes.
     */
    boolean beginsLikeDotNet(PropertyType rootType, int root) {
        PropertyType item = rootType instanceof PropertyType.ListOf list ? list.item() : rootType;
        if (!(item instanceof PropertyType.Reference reference)) {
            return false;
        }
        Model model = schema.model(reference);
        String first = "";
        if (item == rootType) {
            first = firstElement(root, model);
        } else if (tree.kind(root) == JsonTree.Kind.ARRAY) {
            for (int child = tree.firstChild(root);
                    child != JsonTree.NONE && first.isEmpty();
                    child = tree.nextSibling(child)) {
                first = firstElement(child, model);
            }
        }
        return !first.isEmpty()
                && model.property(first).isEmpty()
                && XmlDialect.byFirstElement(item, schema, first) == XmlDialect.XML_SERIALIZER;
    }

    /** The name of the first element of {@code object} in the OpenAPI style; empty where there will be none. */
    private String firstElement(int object, Model model) {
        if (tree.kind(object) != JsonTree.Kind.OBJECT) {
            return "";
        }
        for (ModelProperty property : propertiesInOrder(model)) {
            int child = tree.findChild(object, tree.nameId(property.name()));
            if (child != JsonTree.NONE && !isLeftOut(child, property.type())) {
                return property.name();
            }
        }
        for (int child = tree.firstChild(object); child != JsonTree.NONE; child = tree.nextSibling(child)) {
            String name = tree.nameText(tree.nameIdOf(child));
            if (model.property(name).isEmpty()) {
                return name;
            }
        }
        return "";
    }

    /** Whether the element of {@code object} will be empty. */
    boolean isEmpty(int object, PropertyType type) {
        return type instanceof PropertyType.Reference reference
                ? firstElement(object, schema.model(reference)).isEmpty()
                : tree.firstChild(object) == JsonTree.NONE;
    }

    private boolean isLeftOut(int value, PropertyType type) {
        return type instanceof PropertyType.ListOf
                && tree.kind(value) == JsonTree.Kind.ARRAY
                && tree.firstChild(value) == JsonTree.NONE;
    }
}
