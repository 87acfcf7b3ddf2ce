package dev.botgate.normalize.xml;

import com.ctc.wstx.api.WstxOutputProperties;
import com.ctc.wstx.stax.WstxOutputFactory;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import javax.xml.XMLConstants;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Writes the elements and attributes of a document in one style. */
final class XmlElementWriter {
    private static final XMLOutputFactory FACTORY = factory();
    private static final String DECLARATION = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    private static final String CONNECTOR = "http://schemas.datacontract.org/2004/07/Microsoft.Bot.Connector";
    private static final String SYSTEM = "http://schemas.datacontract.org/2004/07/System";
    private static final String ARRAYS = "http://schemas.microsoft.com/2003/10/Serialization/Arrays";

    private final boolean dotNet;
    private final String instancePrefix;
    private final String schemaPrefix;
    private final String rootName;
    private final LimitedOutput bytes;
    private final XMLStreamWriter out;
    private boolean usesInstanceNamespace;

    XmlElementWriter(XmlStyle style, String rootName, long maxBytes) throws XMLStreamException {
        this.dotNet = style == XmlStyle.DATA_CONTRACT;
        this.instancePrefix = dotNet ? "i" : "xsi";
        this.schemaPrefix = dotNet ? "x" : "xs";
        this.rootName = rootName;
        this.bytes = new LimitedOutput(maxBytes);
        this.out = FACTORY.createXMLStreamWriter(bytes, StandardCharsets.UTF_8.name());
        start(rootName);
    }

    void start(String name) throws XMLStreamException {
        out.writeStartElement(name);
    }

    /** Starts an element that is no model of the connector: an item of an array, or part of a dictionary's entry. */
    void startItem(String name) throws XMLStreamException {
        if (dotNet) {
            out.writeStartElement("a", name, ARRAYS);
        } else {
            out.writeStartElement(name);
        }
    }

    void end() throws XMLStreamException {
        out.writeEndElement();
    }

    void text(String text) throws XMLStreamException {
        if (!text.isEmpty()) {
            out.writeCharacters(text);
        }
    }

    void item(String name, String text) throws XMLStreamException {
        startItem(name);
        text(text);
        end();
    }

    /** Declares whether the element that was just started is null. */
    void nil(boolean nil) throws XMLStreamException {
        usesInstanceNamespace = true;
        out.writeAttribute(instancePrefix, XMLConstants.W3C_XML_SCHEMA_INSTANCE_NS_URI, "nil", Boolean.toString(nil));
    }

    /** Declares a type of XML Schema for the element that was just started. */
    void type(String name) throws XMLStreamException {
        writeType(schemaPrefix + ":" + name);
    }

    /** Declares the element that was just started to be a .NET array or dictionary. */
    void collection(String name) throws XMLStreamException {
        writeType(dotNet ? "a:" + name : name);
    }

    private void writeType(String qualified) throws XMLStreamException {
        usesInstanceNamespace = true;
        out.writeAttribute(instancePrefix, XMLConstants.W3C_XML_SCHEMA_INSTANCE_NS_URI, "type", qualified);
    }

    /** Writes {@code time} as the content of the element that was just started. */
    void time(DateTimeOffsets.UtcAndOffset time) throws XMLStreamException {
        out.writeNamespace("s", SYSTEM);
        out.writeStartElement("s", "DateTime", SYSTEM);
        text(time.dateTime());
        end();
        out.writeStartElement("s", "OffsetMinutes", SYSTEM);
        text(Integer.toString(time.offsetMinutes()));
        end();
    }

    /**
     * Ends the root.
     *
     * @return the document
     */
    Buffer toBuffer() throws XMLStreamException {
        end();
        out.close();
        String head = DECLARATION + "<" + rootName + namespaces();
        int written = 1 + rootName.getBytes(StandardCharsets.UTF_8).length;
        Buffer rest = bytes.buffer;
        return Buffer.buffer(head.length() + rest.length())
                .appendString(head)
                .appendBuffer(rest, written, rest.length() - written);
    }

    /** The namespace declarations of the root. They are known only at the end: most documents need none. */
    private String namespaces() {
        StringBuilder declared = new StringBuilder();
        if (dotNet) {
            declared.append(" xmlns=\"").append(CONNECTOR).append('"');
            declared.append(" xmlns:a=\"").append(ARRAYS).append('"');
        }
        if (dotNet || usesInstanceNamespace) {
            declare(declared, instancePrefix, XMLConstants.W3C_XML_SCHEMA_INSTANCE_NS_URI);
            declare(declared, schemaPrefix, XMLConstants.W3C_XML_SCHEMA_NS_URI);
        }
        return declared.toString();
    }

    private static void declare(StringBuilder declared, String prefix, String namespace) {
        declared.append(" xmlns:")
                .append(prefix)
                .append("=\"")
                .append(namespace)
                .append('"');
    }

    private static XMLOutputFactory factory() {
        WstxOutputFactory factory = new WstxOutputFactory();
        factory.setProperty(XMLOutputFactory.IS_REPAIRING_NAMESPACES, false);
        factory.setProperty(WstxOutputProperties.P_OUTPUT_VALIDATE_STRUCTURE, false);
        factory.setProperty(WstxOutputProperties.P_OUTPUT_VALIDATE_CONTENT, false);
        factory.setProperty(WstxOutputProperties.P_OUTPUT_VALIDATE_ATTR, false);
        return factory;
    }

    /** Collects bytes up to a maximum. */
    private static final class LimitedOutput extends OutputStream {
        private final Buffer buffer = Buffer.buffer(1_024);
        private final long maxBytes;

        LimitedOutput(long maxBytes) {
            this.maxBytes = maxBytes;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            if (buffer.length() + (long) length > maxBytes) {
                throw new IOException("too long");
            }
            buffer.appendBytes(source, offset, length);
        }
    }
}
