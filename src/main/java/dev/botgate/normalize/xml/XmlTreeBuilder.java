package dev.botgate.normalize.xml;

import dev.botgate.normalize.json.InvalidBodyException;
import dev.botgate.normalize.json.JsonValue;
import dev.botgate.normalize.json.ScalarParser;
import dev.botgate.normalize.xml.XmlReader.XmlInputStream;
import dev.botgate.normalize.xml.XmlReader.XmlLimits;
import dev.botgate.schema.PropertyType;
import dev.botgate.schema.Schema;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import javax.xml.stream.Location;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/** Reads one XML document into a {@link JsonValue} by the schema. */
final class XmlTreeBuilder {
    private final XmlInputStream source;
    private final XMLStreamReader in;
    private final Schema schema;
    private final XmlLimits limits;
    private final StringBuilder text = new StringBuilder();
    private final Set<String> names = new HashSet<>();
    private final Deque<OpenElement> openElements = new ArrayDeque<>();
    private final PropertyType rootType;

    private XmlDialect dialect = XmlDialect.OPENAPI;
    private boolean dialectIsKnown;
    private int elementCount;
    private int line = 1;
    private int column = 1;
    private int textBytes;

    XmlTreeBuilder(XmlInputStream source, XMLStreamReader in, Schema schema, PropertyType rootType, XmlLimits limits) {
        this.source = source;
        this.in = in;
        this.schema = schema;
        this.rootType = rootType;
        this.limits = limits;
    }

    /**
     * Reads the document to its end.
     *
     * @return the root's value
     */
    JsonValue build() throws XMLStreamException, InvalidBodyException {
        JsonValue root = JsonValue.of(JsonValue.Kind.NULL);
        while (in.hasNext()) {
            source.startToken();
            switch (in.next()) {
                case XMLStreamConstants.START_ELEMENT -> startElement();
                case XMLStreamConstants.END_ELEMENT -> root = endElement();
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE -> appendText();
                case XMLStreamConstants.DTD -> {
                    updatePosition();
                    throw InvalidBodyException.malformed(line, column, "a document type definition (expected: none)");
                }
                default -> {}
            }
        }
        return root;
    }

    private void startElement() throws InvalidBodyException {
        updatePosition();
        if (openElements.size() == limits.maxDepth()) {
            throw InvalidBodyException.limitExceeded(
                    line, column, "nested too deeply (expected: up to " + limits.maxDepth() + ")");
        }
        elementCount++;
        if (elementCount > limits.maxElements()) {
            throw InvalidBodyException.limitExceeded(
                    line, column, "too many elements (expected: up to " + limits.maxElements() + ")");
        }
        DeclaredType declared = DeclaredType.read(in, schema, this);
        OpenElement parent = openElements.peek();
        if (parent == null) {
            openElements.push(root(declared));
        } else {
            if (!dialectIsKnown && openElements.size() == (rootType instanceof PropertyType.ListOf ? 2 : 1)) {
                dialect = XmlDialect.byFirstElement(rootItem(), schema, in.getLocalName());
                dialectIsKnown = true;
            }
            openElements.push(parent.openChild(in.getLocalName(), declared));
        }
    }

    private OpenElement root(DeclaredType declared) throws InvalidBodyException {
        String expected = rootName();
        if (!in.getLocalName().equalsIgnoreCase(expected)) {
            throw InvalidBodyException.malformed(line, column, "wrong root element (expected: " + expected + ")");
        }
        String namespace = in.getNamespaceURI();
        if (namespace != null && XmlDialect.isDataContract(namespace)) {
            dialect = XmlDialect.DATA_CONTRACT;
            dialectIsKnown = true;
        }
        return open(null, expected, rootType, declared);
    }

    private String rootName() {
        String item = rootItem() instanceof PropertyType.Reference reference ? reference.model() : "";
        return rootType instanceof PropertyType.ListOf ? "ArrayOf" + item : item;
    }

    private PropertyType rootItem() {
        return rootType instanceof PropertyType.ListOf list ? list.item() : rootType;
    }

    private JsonValue endElement() throws InvalidBodyException {
        OpenElement closed = openElements.pop();
        if (text.length() > 0 && Character.isHighSurrogate(text.charAt(text.length() - 1))) {
            throw closed.invalid("has an unpaired surrogate");
        }
        JsonValue value = closed.close();
        discardText();
        OpenElement parent = openElements.peek();
        if (parent != null) {
            parent.addChild(closed, value);
        }
        return value;
    }

    private void appendText() throws InvalidBodyException {
        OpenElement element = openElements.peek();
        if (element != null) {
            element.appendText(in.getTextCharacters(), in.getTextStart(), in.getTextLength());
        }
    }

    /** Opens an element of {@code type}, or of its declared type where the schema leaves the type open. */
    OpenElement open(@Nullable OpenElement parent, String label, PropertyType type, DeclaredType declared) {
        if (declared.nil()) {
            return new ScalarElements.NilElement(this, parent, label);
        }
        boolean free = type instanceof PropertyType.Anything;
        ScalarParser scalar = declared.scalar();
        if (free && scalar != null) {
            return new ScalarElements.ScalarElement(this, parent, label, scalar, false);
        }
        PropertyType known = declared.type();
        boolean derived = type instanceof PropertyType.Reference && known instanceof PropertyType.Reference;
        return known != null && (free || derived)
                ? open(parent, label, known, DeclaredType.NOT_NIL, true)
                : open(parent, label, type, declared, parent == null);
    }

    /** @param typeIsDeclared whether {@code type} is the element's declared type, or the type of the whole document */
    private OpenElement open(
            @Nullable OpenElement parent,
            String label,
            PropertyType type,
            DeclaredType declared,
            boolean typeIsDeclared) {
        boolean emptyIsNull = dialect.emptyIsNull() && !declared.notNil();
        if (type instanceof PropertyType.Reference reference) {
            return new ContainerElements.ModelElement(this, parent, label, emptyIsNull, schema.model(reference));
        }
        if (type instanceof PropertyType.ListOf list) {
            return new ContainerElements.ArrayElement(this, parent, label, list.item(), declared, typeIsDeclared);
        }
        if (type instanceof PropertyType.MapOf map) {
            return new ContainerElements.DictionaryElement(
                    this, parent, label, emptyIsNull, map.value(), typeIsDeclared);
        }
        if (type == PropertyType.Scalar.DATE_TIME) {
            return new ScalarElements.TimeElement(this, parent, label, emptyIsNull);
        }
        if (type instanceof PropertyType.Scalar scalar) {
            return new ScalarElements.ScalarElement(this, parent, label, ScalarParser.of(scalar), emptyIsNull);
        }
        return new ContainerElements.FreeElement(this, parent, label, emptyIsNull);
    }

    /**
     * Appends characters to the text of {@code element}, the innermost open one; only that can have text.
     *
     * @return the length of the text in bytes of UTF-8
     */
    int appendText(OpenElement element, char[] chars, int start, int length) throws InvalidBodyException {
        for (int i = start; i < start + length; i++) {
            char c = chars[i];
            boolean afterHigh = i == start
                    ? text.length() > 0 && Character.isHighSurrogate(text.charAt(text.length() - 1))
                    : Character.isHighSurrogate(chars[i - 1]);
            if (afterHigh != Character.isLowSurrogate(c)) {
                throw element.invalid("has an unpaired surrogate");
            }
            textBytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        }
        text.append(chars, start, length);
        return textBytes;
    }

    /** The text of the innermost open element. */
    StringBuilder text() {
        return text;
    }

    void discardText() {
        text.setLength(0);
        textBytes = 0;
    }

    /** Counts a name that {@code element} has in JSON. */
    void countName(OpenElement element, String name) throws InvalidBodyException {
        if (names.add(name) && names.size() > limits.maxNames()) {
            throw InvalidBodyException.limitExceeded(
                    line,
                    column,
                    element.path() + " has too many different names (expected: up to " + limits.maxNames() + ")");
        }
    }

    private void updatePosition() {
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
