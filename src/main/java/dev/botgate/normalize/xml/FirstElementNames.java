package dev.botgate.normalize.xml;

import dev.botgate.normalize.json.JsonTree;
import dev.botgate.schema.Model;
import dev.botgate.schema.Property;
import dev.botgate.schema.Schema;
import dev.botgate.schema.Type;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the first elements of a tree's values will be called: by them a reader tells dialects, wrappers and nothing apart. */
final class FirstElementNames {
    private final JsonTree tree;
    private final Schema schema;
    private final XmlStyle style;
    private final Map<Model, List<Property>> orders = new HashMap<>();

    FirstElementNames(JsonTree tree, Schema schema, XmlStyle style) {
        this.tree = tree;
        this.schema = schema;
        this.style = style;
    }

    /** The listed properties of {@code model} in the order in which they are written. */
    List<Property> propertiesInOrder(Model model) {
        return orders.computeIfAbsent(model, style::propertiesInOrder);
    }

    /** Whether {@code value}, as an item without a wrapper, would look like a wrapper with one item in it. */
    boolean looksLikeWrapper(int value, Type item) {
        return item instanceof Type.Reference reference
                && tree.kind(value) == JsonTree.Kind.OBJECT
                && firstElement(value, schema.model(reference)).equals(reference.model());
    }

    /**
     * Whether the first element is one that in the OpenAPI style only looks like .NET's, an unlisted property with a
     * capital, so that more must be said for it to be understood.
     */
    boolean beginsLikeDotNet(Type rootType, int root) {
        Type item = rootType instanceof Type.ListOf list ? list.item() : rootType;
        if (!(item instanceof Type.Reference reference)) {
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

    /** What the first element of {@code object} will be called in the OpenAPI style; empty without one. */
    private String firstElement(int object, Model model) {
        if (tree.kind(object) != JsonTree.Kind.OBJECT) {
            return "";
        }
        for (Property property : propertiesInOrder(model)) {
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

    /** Whether nothing will stand in the element of {@code object}. */
    boolean isEmpty(int object, Type type) {
        return type instanceof Type.Reference reference
                ? firstElement(object, schema.model(reference)).isEmpty()
                : tree.firstChild(object) == JsonTree.NONE;
    }

    private boolean isLeftOut(int value, Type type) {
        return type instanceof Type.ListOf
                && tree.kind(value) == JsonTree.Kind.ARRAY
                && tree.firstChild(value) == JsonTree.NONE;
    }
}
