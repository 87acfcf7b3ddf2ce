package dev.botgate.normalize.xml;

import dev.botgate.normalize.json.JsonTree;
import dev.botgate.normalize.json.ScalarParser;
import dev.botgate.schema.Model;
import dev.botgate.schema.ModelProperty;
import dev.botgate.schema.PropertyType;
import dev.botgate.schema.Schema;
import java.util.Optional;
import javax.xml.stream.XMLStreamException;

/**
 * Writes the values of one tree by the schema.
 *
 * <p>{@link XmlReader} reads the XML as the same JSON, except for empty arrays of the schema: the OpenAPI style leaves
 * them out, as its clients do. A value for which that is impossible is refused as {@link
 * NotRepresentableInXmlException}.
 */
final class XmlValueWriter {
    private static final PropertyType ANYTHING = new PropertyType.Anything();

    private final JsonTree tree;
    private final Schema schema;
    private final XmlStyle style;
    private final XmlElementWriter out;
    private final boolean dotNet;
    private final boolean looksLikeDotNet;
    private final FirstElementNames firstElements;

    XmlValueWriter(
            JsonTree tree, Schema schema, XmlStyle style, PropertyType rootType, int root, XmlElementWriter out) {
        this.tree = tree;
        this.schema = schema;
        this.style = style;
        this.out = out;
        this.dotNet = style == XmlStyle.DATA_CONTRACT;
        this.firstElements = new FirstElementNames(tree, schema, style);
        this.looksLikeDotNet = !dotNet && firstElements.beginsLikeDotNet(rootType, root);
    }

    /** Writes the content of the root element, which is open. */
    void root(int root, PropertyType type) throws XMLStreamException, NotRepresentableInXmlException {
        if (type instanceof PropertyType.ListOf list) {
            requireKind(root, JsonTree.Kind.ARRAY);
            arrayItems(root, list.item());
        } else {
            requireKind(root, JsonTree.Kind.OBJECT);
            members(root, type);
        }
    }

    /** Writes the content of the element that was just started. */
    private void content(int value, PropertyType type) throws XMLStreamException, NotRepresentableInXmlException {
        if (tree.kind(value) == JsonTree.Kind.NULL) {
            if (dotNet || looksLikeDotNet) {
                out.nil(true);
            }
        } else if (type instanceof PropertyType.Scalar scalar) {
            scalar(value, scalar);
        } else if (type instanceof PropertyType.ListOf list) {
            requireKind(value, JsonTree.Kind.ARRAY);
            arrayItems(value, list.item());
        } else if (type instanceof PropertyType.Anything) {
            anyValue(value);
        } else {
            requireKind(value, JsonTree.Kind.OBJECT);
            if (!dotNet && firstElements.isEmpty(value, type)) {
                out.nil(false);
            }
            members(value, type);
        }
    }

    private void members(int object, PropertyType type) throws XMLStreamException, NotRepresentableInXmlException {
        if (type instanceof PropertyType.Reference reference) {
            model(object, schema.model(reference));
        } else if (type instanceof PropertyType.MapOf map) {
            dictionary(object, map.value());
        }
    }

    /** Writes the properties of the schema in the style's order, then the other members. */
    private void model(int object, Model model) throws XMLStreamException, NotRepresentableInXmlException {
        for (ModelProperty property : firstElements.propertiesInOrder(model)) {
            int child = tree.findChild(object, tree.nameId(property.name()));
            if (child != JsonTree.NONE) {
                property(style.propertyElement(property.name()), child, property.type());
            }
        }
        for (int child = tree.firstChild(object); child != JsonTree.NONE; child = tree.nextSibling(child)) {
            String name = tree.nameText(tree.nameIdOf(child));
            Optional<ModelProperty> property = model.propertyIgnoringCase(name);
            if (property.isEmpty()) {
                element(elementName(name), child, ANYTHING);
            } else if (!property.get().name().equals(name)) {
                throw new NotRepresentableInXmlException("a name that differs from a property's in case only");
            }
        }
    }

    private void property(String name, int value, PropertyType type)
            throws XMLStreamException, NotRepresentableInXmlException {
        boolean repeated = !dotNet && type instanceof PropertyType.ListOf && tree.kind(value) != JsonTree.Kind.NULL;
        if (repeated) {
            repeatedElement(name, value, ((PropertyType.ListOf) type).item());
        } else {
            element(name, value, type);
        }
    }

    private void element(String name, int value, PropertyType type)
            throws XMLStreamException, NotRepresentableInXmlException {
        out.start(name);
        content(value, type);
        out.end();
    }

    private void repeatedElement(String name, int array, PropertyType item)
            throws XMLStreamException, NotRepresentableInXmlException {
        requireKind(array, JsonTree.Kind.ARRAY);
        int first = tree.firstChild(array);
        if (tree.childCount(array) == 1 && tree.kind(first) == JsonTree.Kind.NULL) {
            throw new NotRepresentableInXmlException("an array whose only element is null");
        }
        for (int child = first; child != JsonTree.NONE; child = tree.nextSibling(child)) {
            if (firstElements.looksLikeWrapper(child, item)) {
                throw new NotRepresentableInXmlException("an item whose first property has the item's name");
            }
            element(name, child, item);
        }
    }

    private void arrayItems(int array, PropertyType item) throws XMLStreamException, NotRepresentableInXmlException {
        String name = XmlStyle.itemElement(item);
        for (int child = tree.firstChild(array); child != JsonTree.NONE; child = tree.nextSibling(child)) {
            if (item instanceof PropertyType.Reference) {
                out.start(name);
            } else {
                out.startItem(name);
            }
            content(child, item);
            out.end();
        }
    }

    private void dictionary(int object, PropertyType valueType)
            throws XMLStreamException, NotRepresentableInXmlException {
        if (dotNet) {
            String value = XmlStyle.itemElement(valueType);
            dictionaryEntries(object, "KeyValueOfstring" + value, valueType);
            return;
        }
        for (int child = tree.firstChild(object); child != JsonTree.NONE; child = tree.nextSibling(child)) {
            String name = tree.nameText(tree.nameIdOf(child));
            if (!isPlain(name)) {
                throw new NotRepresentableInXmlException("a name that XML does not allow");
            }
            element(name, child, valueType);
        }
    }

    private void dictionaryEntries(int object, String entry, PropertyType valueType)
            throws XMLStreamException, NotRepresentableInXmlException {
        for (int child = tree.firstChild(object); child != JsonTree.NONE; child = tree.nextSibling(child)) {
            out.startItem(entry);
            out.item("Key", tree.nameText(tree.nameIdOf(child)));
            out.startItem("Value");
            content(child, valueType);
            out.end();
            out.end();
        }
    }

    private void scalar(int value, PropertyType.Scalar scalar)
            throws XMLStreamException, NotRepresentableInXmlException {
        ScalarParser parser = ScalarParser.of(scalar);
        requireKind(value, parser == ScalarParser.TEXT ? JsonTree.Kind.TEXT : JsonTree.Kind.LITERAL);
        String text = text(value);
        if (parser != ScalarParser.TEXT && !isReadUnchanged(text, parser)) {
            throw new NotRepresentableInXmlException("a number that does not match its type");
        }
        Optional<DateTimeOffsets.UtcAndOffset> time =
                dotNet && scalar == PropertyType.Scalar.DATE_TIME ? DateTimeOffsets.split(text) : Optional.empty();
        if (time.isPresent()) {
            out.time(time.get());
        } else {
            markIfEmpty(text);
            out.text(text);
        }
    }

    private void anyValue(int value) throws XMLStreamException, NotRepresentableInXmlException {
        switch (tree.kind(value)) {
            case TEXT -> {
                String text = text(value);
                if (dotNet) {
                    out.type("string");
                } else {
                    markIfEmpty(text);
                }
                out.text(text);
            }
            case LITERAL -> {
                String text = text(value);
                boolean isBoolean = text.equals("true") || text.equals("false");
                if (!isBoolean && !isReadUnchanged(text, ScalarParser.NUMBER)) {
                    throw new NotRepresentableInXmlException("a number that is too long");
                }
                out.type(isBoolean ? "boolean" : XmlStyle.numberType(text));
                out.text(text);
            }
            case ARRAY -> {
                out.collection("ArrayOfanyType");
                arrayItems(value, ANYTHING);
            }
            default -> anyObject(value);
        }
    }

    private void anyObject(int object) throws XMLStreamException, NotRepresentableInXmlException {
        boolean named = tree.firstChild(object) != JsonTree.NONE;
        for (int child = tree.firstChild(object); child != JsonTree.NONE; child = tree.nextSibling(child)) {
            String name = tree.nameText(tree.nameIdOf(child));
            named &= dotNet ? !name.isEmpty() : isPlain(name);
        }
        if (!named) {
            out.collection("ArrayOfKeyValueOfstringanyType");
            dictionaryEntries(object, "KeyValueOfstringanyType", ANYTHING);
            return;
        }
        for (int child = tree.firstChild(object); child != JsonTree.NONE; child = tree.nextSibling(child)) {
            element(elementName(tree.nameText(tree.nameIdOf(child))), child, ANYTHING);
        }
    }

    private String elementName(String name) throws NotRepresentableInXmlException {
        if (dotNet && !name.isEmpty()) {
            return DotNetNames.encode(name, XmlDialect.isEntryName(name));
        }
        if (!isPlain(name)) {
            throw new NotRepresentableInXmlException("a name that XML does not allow");
        }
        return name;
    }

    /** Whether an element in the OpenAPI style may have this name, and a reader will restore it. */
    private boolean isPlain(String name) {
        boolean isReadUnchanged = !looksLikeDotNet
                || (!XmlDialect.isEntryName(name) && DotNetNames.decode(name).equals(name));
        return isReadUnchanged && XmlCharacters.isName(name);
    }

    private void markIfEmpty(String text) throws XMLStreamException {
        if (text.isEmpty() && !dotNet) {
            out.nil(false);
        }
    }

    private void requireKind(int value, JsonTree.Kind kind) throws NotRepresentableInXmlException {
        if (tree.kind(value) != kind) {
            throw new NotRepresentableInXmlException("a value that does not match its type");
        }
    }

    private static boolean isReadUnchanged(String text, ScalarParser parser) {
        return text.length() <= ScalarParser.MAX_LENGTH
                && parser.toJson(text).filter(text::equals).isPresent();
    }

    private String text(int value) {
        return tree.texts().text(tree.textStart(value), tree.textEnd(value));
    }
}
