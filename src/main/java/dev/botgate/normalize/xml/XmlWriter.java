package dev.botgate.normalize.xml;

import dev.botgate.normalize.json.JsonValue;
import dev.botgate.schema.PropertyType;
import dev.botgate.schema.Schema;
import io.vertx.core.buffer.Buffer;
import javax.xml.stream.XMLStreamException;

/** Converts JSON to XML by the schema, in either style. */
public final class XmlWriter {
    private final int maxDepth;
    private final long maxBytes;
    private final Schema schema;

    /**
     * @param maxDepth how deep the JSON may nest
     * @param maxBytes the maximum length of the XML
     */
    public XmlWriter(Schema schema, int maxDepth, long maxBytes) {
        this.maxDepth = maxDepth;
        this.maxBytes = maxBytes;
        this.schema = schema;
    }

    /**
     * Converts {@code json} to XML in UTF-8.
     *
     * @param model the JSON's model as {@link Schema#body} takes it
     * @throws NotRepresentableInXmlException where XML cannot express the document
     */
    public Buffer write(Buffer json, String model, XmlStyle style) throws NotRepresentableInXmlException {
        JsonValue root = JsonValueReader.read(json, maxDepth);
        PropertyType type = schema.body(model);
        try {
            XmlElementWriter out = new XmlElementWriter(style, rootName(type), maxBytes);
            new XmlValueWriter(schema, style, type, root, out).root(root, type);
            return out.toBuffer();
        } catch (XMLStreamException e) {
            throw new NotRepresentableInXmlException("the XML is too long");
        }
    }

    private static String rootName(PropertyType type) {
        return type instanceof PropertyType.ListOf list
                ? "ArrayOf" + XmlStyle.itemElement(list.item())
                : XmlStyle.itemElement(type);
    }

    /** XML cannot express a JSON document. The reason repeats nothing of the document. */
    public static final class NotRepresentableInXmlException extends Exception {
        private static final long serialVersionUID = 1L;

        NotRepresentableInXmlException(String reason) {
            super(reason, null, false, false);
        }

        public String reason() {
            return String.valueOf(getMessage());
        }
    }
}
