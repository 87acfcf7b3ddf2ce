package dev.botgate.normalize.xml;

import dev.botgate.normalize.json.JsonValue;
import dev.botgate.normalize.json.ScalarParser;
import dev.botgate.normalize.xml.XmlWriter.NotRepresentableInXmlException;
import dev.botgate.schema.Model;
import dev.botgate.schema.PropertyType;
import dev.botgate.schema.Schema;
import java.util.Map;
import java.util.Optional;
import javax.xml.stream.XMLStreamException;

/**
 * Writes JSON values by the schema.
 *
 * <p>{@link XmlReader} reads the XML as the same JSON, except for empty arrays of the schema: the OpenAPI style leaves
 * them out, as its clients do. A value for which that is impossible is refused as {@link
 * NotRepresentableInXmlException}.
 */
final class XmlValueWriter {
    private static final PropertyType ANYTHING = new PropertyType.Anything();

    private final Schema schema;
    private final XmlStyle style;
    private final XmlElementWriter out;
    private final boolean dotNet;
    private final boolean looksLikeDotNet;
    private final FirstElementNames firstElements;

    XmlValueWriter(Schema schema, XmlStyle style, PropertyType rootType, JsonValue root, XmlElementWriter out) {
        this.schema = schema;
        this.style = style;
        this.out = out;
        this.dotNet = style == XmlStyle.DATA_CONTRACT;
        this.firstElements = new FirstElementNames(schema, style);
        this.looksLikeDotNet = !dotNet && firstElements.beginsLikeDotNet(rootType, root);
    }

    /** Writes the content of the root element, which is open. */
    void root(JsonValue root, PropertyType type) throws XMLStreamException, NotRepresentableInXmlException {
        if (type instanceof PropertyType.ListOf list) {
            requireKind(root, JsonValue.Kind.ARRAY);
            arrayItems(root, list.item());
        } else {
            requireKind(root, JsonValue.Kind.OBJECT);
            members(root, type);
        }
    }

    /** Writes the content of the element that was just started. */
    private void content(JsonValue value, PropertyType type) throws XMLStreamException, NotRepresentableInXmlException {
        if (value.kind() == JsonValue.Kind.NULL) {
            if (dotNet || looksLikeDotNet) {
                out.nil(true);
            }
        } else if (type instanceof PropertyType.Scalar scalar) {
            scalar(value, scalar);
        } else if (type instanceof PropertyType.ListOf list) {
            requireKind(value, JsonValue.Kind.ARRAY);
            arrayItems(value, list.item());
        } else if (type instanceof PropertyType.Anything) {
            anyValue(value);
        } else {
            requireKind(value, JsonValue.Kind.OBJECT);
            if (!dotNet && firstElements.isEmpty(value, type)) {
                out.nil(false);
            }
            members(value, type);
        }
    }

    private void members(JsonValue object, PropertyType type)
            throws XMLStreamException, NotRepresentableInXmlException {
        if (type instanceof PropertyType.Reference reference) {
            model(object, schema.model(reference));
        } else if (type instanceof PropertyType.MapOf map) {
            dictionary(object, map.value());
        }
    }

    /** Writes the properties of the schema in the style's order, then the other members. */
    private void model(JsonValue object, Model model) throws XMLStreamException, NotRepresentableInXmlException {
        for (Model.Property property : firstElements.propertiesInOrder(model)) {
            JsonValue child = object.member(property.name());
            if (child != null) {
                property(style.propertyElement(property.name()), child, property.type());
            }
        }
        for (Map.Entry<String, JsonValue> member : object.members().entrySet()) {
            String name = member.getKey();
            Optional<Model.Property> property = model.propertyIgnoringCase(name);
            if (property.isEmpty()) {
                element(elementName(name), member.getValue(), ANYTHING);
            } else if (!property.get().name().equals(name)) {
                throw new NotRepresentableInXmlException("a name that differs from a property's in case only");
            }
        }
    }

    private void property(String name, JsonValue value, PropertyType type)
            throws XMLStreamException, NotRepresentableInXmlException {
        boolean repeated = !dotNet && type instanceof PropertyType.ListOf && value.kind() != JsonValue.Kind.NULL;
        if (repeated) {
            repeatedElement(name, value, ((PropertyType.ListOf) type).item());
        } else {
            element(name, value, type);
        }
    }

    private void element(String name, JsonValue value, PropertyType type)
            throws XMLStreamException, NotRepresentableInXmlException {
        out.start(name);
        content(value, type);
        out.end();
    }

    private void repeatedElement(String name, JsonValue array, PropertyType item)
            throws XMLStreamException, NotRepresentableInXmlException {
        requireKind(array, JsonValue.Kind.ARRAY);
        if (array.elements().size() == 1 && array.elements().get(0).kind() == JsonValue.Kind.NULL) {
            throw new NotRepresentableInXmlException("an array whose only element is null");
        }
        for (JsonValue child : array.elements()) {
            if (firstElements.looksLikeWrapper(child, item)) {
                throw new NotRepresentableInXmlException("an item whose first property has the item's name");
            }
            element(name, child, item);
        }
    }

    private void arrayItems(JsonValue array, PropertyType item)
            throws XMLStreamException, NotRepresentableInXmlException {
        String name = XmlStyle.itemElement(item);
        for (JsonValue child : array.elements()) {
            if (item instanceof PropertyType.Reference) {
                out.start(name);
            } else {
                out.startItem(name);
            }
            content(child, item);
            out.end();
        }
    }

    private void dictionary(JsonValue object, PropertyType valueType)
            throws XMLStreamException, NotRepresentableInXmlException {
        if (dotNet) {
            String value = XmlStyle.itemElement(valueType);
            dictionaryEntries(object, "KeyValueOfstring" + value, valueType);
            return;
        }
        for (Map.Entry<String, JsonValue> member : object.members().entrySet()) {
            String name = member.getKey();
            if (!isPlain(name)) {
                throw new NotRepresentableInXmlException("a name that XML does not allow");
            }
            element(name, member.getValue(), valueType);
        }
    }

    private void dictionaryEntries(JsonValue object, String entry, PropertyType valueType)
            throws XMLStreamException, NotRepresentableInXmlException {
        for (Map.Entry<String, JsonValue> member : object.members().entrySet()) {
            out.startItem(entry);
            out.item("Key", member.getKey());
            out.startItem("Value");
            content(member.getValue(), valueType);
            out.end();
            out.end();
        }
    }

    private void scalar(JsonValue value, PropertyType.Scalar scalar)
            throws XMLStreamException, NotRepresentableInXmlException {
        ScalarParser parser = ScalarParser.of(scalar);
        requireKind(value, parser == ScalarParser.TEXT ? JsonValue.Kind.TEXT : JsonValue.Kind.LITERAL);
        String text = value.text();
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

    private void anyValue(JsonValue value) throws XMLStreamException, NotRepresentableInXmlException {
        switch (value.kind()) {
            case TEXT -> {
                String text = value.text();
                if (dotNet) {
                    out.type("string");
                } else {
                    markIfEmpty(text);
                }
                out.text(text);
            }
            case LITERAL -> {
                String text = value.text();
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

    private void anyObject(JsonValue object) throws XMLStreamException, NotRepresentableInXmlException {
        boolean named = !object.members().isEmpty()
                && object.members().keySet().stream().allMatch(name -> dotNet ? !name.isEmpty() : isPlain(name));
        if (!named) {
            out.collection("ArrayOfKeyValueOfstringanyType");
            dictionaryEntries(object, "KeyValueOfstringanyType", ANYTHING);
            return;
        }
        for (Map.Entry<String, JsonValue> member : object.members().entrySet()) {
            element(elementName(member.getKey()), member.getValue(), ANYTHING);
        }
    }

    private String elementName(String name) throws NotRepresentableInXmlException {
        if (dotNet && !name.isEmpty()) {
            return XmlNames.encode(name, XmlDialect.isEntryName(name));
        }
        if (!isPlain(name)) {
            throw new NotRepresentableInXmlException("a name that XML does not allow");
        }
        return name;
    }

    /** Whether an element in the OpenAPI style may have this name, and a reader will restore it. */
    private boolean isPlain(String name) {
        boolean isReadUnchanged = !looksLikeDotNet
                || (!XmlDialect.isEntryName(name) && XmlNames.decode(name).equals(name));
        return isReadUnchanged && XmlNames.isName(name);
    }

    private void markIfEmpty(String text) throws XMLStreamException {
        if (text.isEmpty() && !dotNet) {
            out.nil(false);
        }
    }

    private void requireKind(JsonValue value, JsonValue.Kind kind) throws NotRepresentableInXmlException {
        if (value.kind() != kind) {
            throw new NotRepresentableInXmlException("a value that does not match its type");
        }
    }

    private static boolean isReadUnchanged(String text, ScalarParser parser) {
        return text.length() <= ScalarParser.MAX_LENGTH
                && parser.toJson(text).filter(text::equals).isPresent();
    }
}
