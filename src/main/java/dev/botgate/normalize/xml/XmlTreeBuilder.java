package dev.botgate.normalize.xml;

import dev.botgate.normalize.json.ByteBuilder;
import dev.botgate.normalize.json.InvalidBodyException;
import dev.botgate.normalize.json.JsonTree;
import dev.botgate.normalize.json.ScalarParser;
import dev.botgate.schema.Schema;
import dev.botgate.schema.Type;
import java.util.ArrayDeque;
import java.util.Deque;
import javax.xml.stream.Location;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/** One walk over an XML document, that makes a tree of it by the schema. */
final class XmlTreeBuilder {
    private final XmlInputStream source;
    private final XMLStreamReader in;
    private final Schema schema;
    private final XmlLimits limits;
    private final JsonTree tree;
    private final Deque<OpenElement> open = new ArrayDeque<>();
    private final Type rootType;

    private XmlDialect dialect = XmlDialect.OPENAPI;
    private boolean dialectIsKnown;
    private int elements;
    private int line = 1;
    private int column = 1;
    private char highSurrogate;

    /** @param tree where what is read goes; empty */
    XmlTreeBuilder(
            XmlInputStream source, XMLStreamReader in, Schema schema, Type rootType, XmlLimits limits, JsonTree tree) {
        this.source = source;
        this.in = in;
        this.schema = schema;
        this.rootType = rootType;
        this.limits = limits;
        this.tree = tree;
    }

    /** Walks to the end, and returns the value of the root. */
    int toEnd() throws XMLStreamException, InvalidBodyException {
        int root = JsonTree.NONE;
        while (in.hasNext()) {
            source.nextPiece();
            switch (in.next()) {
                case XMLStreamConstants.START_ELEMENT -> start();
                case XMLStreamConstants.END_ELEMENT -> root = end();
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE -> text();
                case XMLStreamConstants.DTD -> {
                    place();
                    throw InvalidBodyException.malformed(line, column, "a document type definition (expected: none)");
                }
                default -> {}
            }
        }
        return root;
    }

    private void start() throws InvalidBodyException {
        place();
        if (open.size() == limits.maxDepth()) {
            throw InvalidBodyException.limit(
                    line, column, "nested too deep (expected: up to " + limits.maxDepth() + ")");
        }
        elements++;
        if (elements > limits.maxElements()) {
            throw InvalidBodyException.limit(
                    line, column, "too many elements (expected: up to " + limits.maxElements() + ")");
        }
        DeclaredType declared = DeclaredType.read(in, schema, this);
        OpenElement parent = open.peek();
        if (parent == null) {
            open.push(root(declared));
        } else {
            if (!dialectIsKnown && open.size() == (rootType instanceof Type.ListOf ? 2 : 1)) {
                dialect = XmlDialect.of(rootItem(), schema, in.getLocalName());
                dialectIsKnown = true;
            }
            open.push(parent.open(in.getLocalName(), declared));
        }
    }

    private OpenElement root(DeclaredType declared) throws InvalidBodyException {
        String expected = rootName();
        if (!in.getLocalName().equalsIgnoreCase(expected)) {
            throw InvalidBodyException.malformed(line, column, "another root element (expected: " + expected + ")");
        }
        String namespace = in.getNamespaceURI();
        if (namespace != null && XmlDialect.isDataContract(namespace)) {
            dialect = XmlDialect.DATA_CONTRACT;
            dialectIsKnown = true;
        }
        return open(null, expected, rootType, declared);
    }

    private String rootName() {
        String item = rootItem() instanceof Type.Reference reference ? reference.model() : "";
        return rootType instanceof Type.ListOf ? "ArrayOf" + item : item;
    }

    private Type rootItem() {
        return rootType instanceof Type.ListOf list ? list.item() : rootType;
    }

    private int end() throws InvalidBodyException {
        OpenElement closed = open.pop();
        int value = closed.close();
        OpenElement parent = open.peek();
        if (parent != null) {
            parent.adopt(closed, value);
        }
        return value;
    }

    private void text() throws InvalidBodyException {
        OpenElement element = open.peek();
        if (element != null) {
            element.text(in.getTextCharacters(), in.getTextStart(), in.getTextLength());
        }
    }

    /** Opens an element of {@code type}, or of the type that it declares where the schema leaves that open. */
    OpenElement open(@Nullable OpenElement parent, String label, Type type, DeclaredType declared) {
        if (declared.nil()) {
            return new ScalarElements.Nil(this, parent, label);
        }
        boolean free = type instanceof Type.Anything;
        ScalarParser literal = declared.literal();
        if (free && literal != null) {
            return new ScalarElements.Scalar(this, parent, label, literal, false);
        }
        Type known = declared.type();
        boolean derived = type instanceof Type.Reference && known instanceof Type.Reference;
        return known != null && (free || derived)
                ? open(parent, label, known, DeclaredType.NOT_NIL, true)
                : open(parent, label, type, declared, parent == null);
    }

    /** @param declared whether {@code type} is what the element says of itself, or what the whole document is */
    private OpenElement open(
            @Nullable OpenElement parent, String label, Type type, DeclaredType itself, boolean declared) {
        boolean emptyIsNull = dialect.emptyIsNull() && !itself.notNil();
        if (type instanceof Type.Reference reference) {
            return new ContainerElements.OfModel(this, parent, label, emptyIsNull, schema.model(reference));
        }
        if (type instanceof Type.ListOf list) {
            return new ContainerElements.Items(this, parent, label, list.item(), itself, declared);
        }
        if (type instanceof Type.MapOf map) {
            return new ContainerElements.Dictionary(this, parent, label, emptyIsNull, map.value(), declared);
        }
        if (type == Type.Scalar.DATE_TIME) {
            return new ScalarElements.Time(this, parent, label, emptyIsNull);
        }
        if (type instanceof Type.Scalar scalar) {
            return new ScalarElements.Scalar(this, parent, label, ScalarParser.of(scalar), emptyIsNull);
        }
        return new ContainerElements.Free(this, parent, label, emptyIsNull);
    }

    /** Appends characters to the tree's texts. */
    void append(OpenElement element, char[] chars, int start, int length) throws InvalidBodyException {
        ByteBuilder texts = tree.texts();
        texts.lend(source.passed());
        int end = start + length;
        for (int i = start; i < end; i++) {
            if (highSurrogate == 0) {
                i = texts.appendAscii(chars, i, end);
                if (i == end) {
                    return;
                }
            }
            char c = chars[i];
            if (highSurrogate != 0) {
                if (!Character.isLowSurrogate(c)) {
                    throw element.refused("holds half a character");
                }
                texts.appendCodePoint(Character.toCodePoint(highSurrogate, c));
                highSurrogate = 0;
            } else if (Character.isHighSurrogate(c)) {
                highSurrogate = c;
            } else if (Character.isLowSurrogate(c)) {
                throw element.refused("holds half a character");
            } else {
                texts.appendCodePoint(c);
            }
        }
    }

    /** The number of the name that JSON has for {@code element}. */
    int name(OpenElement element, String nameInJson) throws InvalidBodyException {
        int name = tree.name(nameInJson);
        if (tree.names() > limits.maxNames()) {
            throw InvalidBodyException.limit(
                    line,
                    column,
                    element.path() + " has too many different names in it (expected: up to " + limits.maxNames() + ")");
        }
        return name;
    }

    private void place() {
        Location location = in.getLocation();
        line = location.getLineNumber();
        column = location.getColumnNumber();
    }

    int line() {
        return line;
    }

    int column() {
        return column;
    }

    JsonTree tree() {
        return tree;
    }

    Schema schema() {
        return schema;
    }

    XmlLimits limits() {
        return limits;
    }

    XmlDialect dialect() {
        return dialect;
    }
}
