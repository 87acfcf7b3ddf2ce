package dev.botgate.normalize.xml;

import dev.botgate.normalize.json.JsonTree;
import dev.botgate.normalize.json.ScalarParser;
import dev.botgate.schema.Model;
import dev.botgate.schema.Property;
import dev.botgate.schema.Schema;
import dev.botgate.schema.Type;
import java.util.Optional;
import javax.xml.stream.XMLStreamException;

/**
 * Writes the values of one tree by the schema.
 *
 * <p>Whatever it writes, {@link XmlReader} reads as the same JSON, but for empty arrays of the schema, which the OpenAPI
 * style leaves out as its clients do. What cannot be written so is {@link NotRepresentableInXmlException}.
 */
final class XmlValueWriter {
    private static final Type ANYTHING = new Type.Anything();

    private final JsonTree tree;
    private final Schema schema;
    private final XmlStyle style;
    private final XmlElementWriter out;
    private final boolean dotNet;
    private final boolean looksDotNet;
    private final FirstElementNames firsts;

    XmlValueWriter(JsonTree tree, Schema schema, XmlStyle style, Type rootType, int root, XmlElementWriter out) {
        this.tree = tree;
        this.schema = schema;
        this.style = style;
        this.out = out;
        this.dotNet = style == XmlStyle.DATA_CONTRACT;
        this.firsts = new FirstElementNames(tree, schema, style);
        this.looksDotNet = !dotNet && firsts.beginsLikeDotNet(rootType, root);
    }

    /** Writes what stands in the root, which is open. */
    void root(int root, Type type) throws XMLStreamException, NotRepresentableInXmlException {
        if (type instanceof Type.ListOf list) {
            expect(root, JsonTree.Kind.ARRAY);
            wrapped(root, list.item());
        } else {
            expect(root, JsonTree.Kind.OBJECT);
            members(root, type);
        }
    }

    /** Writes what stands in the element that just began. */
    private void content(int value, Type type) throws XMLStreamException, NotRepresentableInXmlException {
        if (tree.kind(value) == JsonTree.Kind.NULL) {
            if (dotNet || looksDotNet) {
                out.nil(true);
            }
        } else if (type instanceof Type.Scalar scalar) {
            scalar(value, scalar);
        } else if (type instanceof Type.ListOf list) {
            expect(value, JsonTree.Kind.ARRAY);
            wrapped(value, list.item());
        } else if (type instanceof Type.Anything) {
            free(value);
        } else {
            expect(value, JsonTree.Kind.OBJECT);
            if (!dotNet && firsts.isEmpty(value, type)) {
                out.nil(false);
            }
            members(value, type);
        }
    }

    private void members(int object, Type type) throws XMLStreamException, NotRepresentableInXmlException {
        if (type instanceof Type.Reference reference) {
            model(object, schema.model(reference));
        } else if (type instanceof Type.MapOf map) {
            map(object, map.value());
        }
    }

    /** The listed properties first, in the order that the style has, then the others. */
    private void model(int object, Model model) throws XMLStreamException, NotRepresentableInXmlException {
        for (Property property : firsts.order(model)) {
            int child = tree.find(object, tree.name(property.name()));
            if (child != JsonTree.NONE) {
                listed(style.name(property.name()), child, property.type());
            }
        }
        for (int child = tree.first(object); child != JsonTree.NONE; child = tree.next(child)) {
            String name = tree.nameText(tree.nameOf(child));
            Optional<Property> property = model.propertyIgnoringCase(name);
            if (property.isEmpty()) {
                element(unlisted(name), child, ANYTHING);
            } else if (!property.get().name().equals(name)) {
                throw new NotRepresentableInXmlException("a property that differs from a listed one by letter case");
            }
        }
    }

    private void listed(String name, int value, Type type) throws XMLStreamException, NotRepresentableInXmlException {
        boolean repeated = !dotNet && type instanceof Type.ListOf && tree.kind(value) != JsonTree.Kind.NULL;
        if (repeated) {
            repeated(name, value, ((Type.ListOf) type).item());
        } else {
            element(name, value, type);
        }
    }

    private void element(String name, int value, Type type) throws XMLStreamException, NotRepresentableInXmlException {
        out.start(name);
        content(value, type);
        out.end();
    }

    private void repeated(String name, int array, Type item) throws XMLStreamException, NotRepresentableInXmlException {
        expect(array, JsonTree.Kind.ARRAY);
        int first = tree.first(array);
        if (tree.count(array) == 1 && tree.kind(first) == JsonTree.Kind.NULL) {
            throw new NotRepresentableInXmlException("an array that holds nothing but null");
        }
        for (int child = first; child != JsonTree.NONE; child = tree.next(child)) {
            if (firsts.looksWrapped(child, item)) {
                throw new NotRepresentableInXmlException("an item whose first property is called as the item");
            }
            element(name, child, item);
        }
    }

    private void wrapped(int array, Type item) throws XMLStreamException, NotRepresentableInXmlException {
        String name = XmlStyle.item(item);
        for (int child = tree.first(array); child != JsonTree.NONE; child = tree.next(child)) {
            if (item instanceof Type.Reference) {
                out.start(name);
            } else {
                out.startItem(name);
            }
            content(child, item);
            out.end();
        }
    }

    private void map(int object, Type valueType) throws XMLStreamException, NotRepresentableInXmlException {
        if (dotNet) {
            String value = XmlStyle.item(valueType);
            entries(object, "KeyValueOfstring" + value, valueType);
            return;
        }
        for (int child = tree.first(object); child != JsonTree.NONE; child = tree.next(child)) {
            String name = tree.nameText(tree.nameOf(child));
            if (!isPlain(name)) {
                throw new NotRepresentableInXmlException("a name that XML does not have");
            }
            element(name, child, valueType);
        }
    }

    private void entries(int object, String entry, Type valueType)
            throws XMLStreamException, NotRepresentableInXmlException {
        for (int child = tree.first(object); child != JsonTree.NONE; child = tree.next(child)) {
            out.startItem(entry);
            out.item("Key", tree.nameText(tree.nameOf(child)));
            out.startItem("Value");
            content(child, valueType);
            out.end();
            out.end();
        }
    }

    private void scalar(int value, Type.Scalar scalar) throws XMLStreamException, NotRepresentableInXmlException {
        ScalarParser literal = ScalarParser.of(scalar);
        expect(value, literal == ScalarParser.TEXT ? JsonTree.Kind.TEXT : JsonTree.Kind.LITERAL);
        String text = text(value);
        if (literal != ScalarParser.TEXT && !isAsRead(text, literal)) {
            throw new NotRepresentableInXmlException("a number that is not of the listed type");
        }
        Optional<DateTimeOffsets.Pair> time =
                dotNet && scalar == Type.Scalar.DATE_TIME ? DateTimeOffsets.split(text) : Optional.empty();
        if (time.isPresent()) {
            out.time(time.get());
        } else {
            sayIfEmpty(text);
            out.text(text);
        }
    }

    private void free(int value) throws XMLStreamException, NotRepresentableInXmlException {
        switch (tree.kind(value)) {
            case TEXT -> {
                String text = text(value);
                if (dotNet) {
                    out.type("string");
                } else {
                    sayIfEmpty(text);
                }
                out.text(text);
            }
            case LITERAL -> {
                String text = text(value);
                boolean word = text.equals("true") || text.equals("false");
                if (!word && !isAsRead(text, ScalarParser.NUMBER)) {
                    throw new NotRepresentableInXmlException("a number that is too long");
                }
                out.type(word ? "boolean" : XmlStyle.numberType(text));
                out.text(text);
            }
            case ARRAY -> {
                out.collection("ArrayOfanyType");
                wrapped(value, ANYTHING);
            }
            default -> freeObject(value);
        }
    }

    private void freeObject(int object) throws XMLStreamException, NotRepresentableInXmlException {
        boolean named = tree.first(object) != JsonTree.NONE;
        for (int child = tree.first(object); child != JsonTree.NONE; child = tree.next(child)) {
            String name = tree.nameText(tree.nameOf(child));
            named &= dotNet ? !name.isEmpty() : isPlain(name);
        }
        if (!named) {
            out.collection("ArrayOfKeyValueOfstringanyType");
            entries(object, "KeyValueOfstringanyType", ANYTHING);
            return;
        }
        for (int child = tree.first(object); child != JsonTree.NONE; child = tree.next(child)) {
            element(unlisted(tree.nameText(tree.nameOf(child))), child, ANYTHING);
        }
    }

    private String unlisted(String name) throws NotRepresentableInXmlException {
        if (dotNet && !name.isEmpty()) {
            return DotNetNames.encode(name, XmlDialect.isEntryName(name));
        }
        if (!isPlain(name)) {
            throw new NotRepresentableInXmlException("a name that XML does not have");
        }
        return name;
    }

    /** Whether an element in the OpenAPI style can be called so, and is then read so. */
    private boolean isPlain(String name) {
        boolean asItIs = !looksDotNet
                || (!XmlDialect.isEntryName(name) && DotNetNames.decode(name).equals(name));
        return asItIs && XmlCharacters.isName(name);
    }

    private void sayIfEmpty(String text) throws XMLStreamException {
        if (text.isEmpty() && !dotNet) {
            out.nil(false);
        }
    }

    private void expect(int value, JsonTree.Kind kind) throws NotRepresentableInXmlException {
        if (tree.kind(value) != kind) {
            throw new NotRepresentableInXmlException("a value that is not of the listed type");
        }
    }

    private static boolean isAsRead(String text, ScalarParser literal) {
        return text.length() <= ScalarParser.MAXIMUM_LENGTH
                && literal.json(text).filter(text::equals).isPresent();
    }

    private String text(int value) {
        return tree.texts().text(tree.textStart(value), tree.textEnd(value));
    }
}
