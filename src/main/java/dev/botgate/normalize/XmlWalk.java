package dev.botgate.normalize;

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
final class XmlWalk {
    private final XmlSource source;
    private final XMLStreamReader in;
    private final Schema schema;
    private final NormalizeSettings settings;
    private final Tree tree;
    private final Deque<XmlElement> open = new ArrayDeque<>();
    private final Type rootType;

    private XmlDialect dialect = XmlDialect.OPENAPI;
    private boolean dialectIsKnown;
    private int elements;
    private int line = 1;
    private int column = 1;
    private char highSurrogate;

    /** @param tree where what is read goes; empty */
    XmlWalk(XmlSource source, XMLStreamReader in, Schema schema, Type rootType, NormalizeSettings settings, Tree tree) {
        this.source = source;
        this.in = in;
        this.schema = schema;
        this.rootType = rootType;
        this.settings = settings;
        this.tree = tree;
    }

    /** Walks to the end, and returns the value of the root. */
    int toEnd() throws XMLStreamException, RefusedBody {
        int root = Tree.NONE;
        while (in.hasNext()) {
            source.nextPiece();
            switch (in.next()) {
                case XMLStreamConstants.START_ELEMENT -> start();
                case XMLStreamConstants.END_ELEMENT -> root = end();
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE -> text();
                case XMLStreamConstants.DTD -> {
                    place();
                    throw RefusedBody.malformed(line, column, "a document type definition (expected: none)");
                }
                default -> {}
            }
        }
        return root;
    }

    private void start() throws RefusedBody {
        place();
        if (open.size() == settings.maximumDepth()) {
            throw RefusedBody.limit(line, column, "nested too deep (expected: up to " + settings.maximumDepth() + ")");
        }
        elements++;
        if (elements > settings.maximumElements()) {
            throw RefusedBody.limit(
                    line, column, "too many elements (expected: up to " + settings.maximumElements() + ")");
        }
        DeclaredType declared = XmlAttributes.read(in, schema, this);
        XmlElement parent = open.peek();
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

    private XmlElement root(DeclaredType declared) throws RefusedBody {
        String expected = rootName();
        if (!in.getLocalName().equalsIgnoreCase(expected)) {
            throw RefusedBody.malformed(line, column, "another root element (expected: " + expected + ")");
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

    private int end() throws RefusedBody {
        XmlElement closed = open.pop();
        int value = closed.close();
        XmlElement parent = open.peek();
        if (parent != null) {
            parent.adopt(closed, value);
        }
        return value;
    }

    private void text() throws RefusedBody {
        XmlElement element = open.peek();
        if (element != null) {
            element.text(in.getTextCharacters(), in.getTextStart(), in.getTextLength());
        }
    }

    /** Opens an element of {@code type}, or of the type that it declares where the schema leaves that open. */
    XmlElement open(@Nullable XmlElement parent, String label, Type type, DeclaredType declared) {
        if (declared.nil()) {
            return new XmlLeaves.Nil(this, parent, label);
        }
        boolean free = type instanceof Type.Anything;
        Literal literal = declared.literal();
        if (free && literal != null) {
            return new XmlLeaves.Scalar(this, parent, label, literal, false);
        }
        Type known = declared.type();
        boolean derived = type instanceof Type.Reference && known instanceof Type.Reference;
        return known != null && (free || derived)
                ? open(parent, label, known, DeclaredType.NOT_NIL, true)
                : open(parent, label, type, declared, parent == null);
    }

    /** @param declared whether {@code type} is what the element says of itself, or what the whole document is */
    private XmlElement open(
            @Nullable XmlElement parent, String label, Type type, DeclaredType itself, boolean declared) {
        boolean emptyIsNull = dialect.emptyIsNull() && !itself.notNil();
        if (type instanceof Type.Reference reference) {
            return new XmlElements.OfModel(this, parent, label, emptyIsNull, schema.model(reference));
        }
        if (type instanceof Type.ListOf list) {
            return new XmlElements.Items(this, parent, label, list.item(), itself, declared);
        }
        if (type instanceof Type.MapOf map) {
            return new XmlElements.Dictionary(this, parent, label, emptyIsNull, map.value(), declared);
        }
        if (type == Type.Scalar.DATE_TIME) {
            return new XmlLeaves.Time(this, parent, label, emptyIsNull);
        }
        if (type instanceof Type.Scalar scalar) {
            return new XmlLeaves.Scalar(this, parent, label, Literal.of(scalar), emptyIsNull);
        }
        return new XmlElements.Free(this, parent, label, emptyIsNull);
    }

    /** Appends characters to the tree's texts. */
    void append(XmlElement element, char[] chars, int start, int length) throws RefusedBody {
        Bytes texts = tree.texts();
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
    int name(XmlElement element, String nameInJson) throws RefusedBody {
        int name = tree.name(nameInJson);
        if (tree.names() > settings.maximumFields()) {
            throw RefusedBody.limit(
                    line,
                    column,
                    element.path() + " has too many different names in it (expected: up to " + settings.maximumFields()
                            + ")");
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

    Tree tree() {
        return tree;
    }

    Schema schema() {
        return schema;
    }

    NormalizeSettings settings() {
        return settings;
    }

    XmlDialect dialect() {
        return dialect;
    }
}
