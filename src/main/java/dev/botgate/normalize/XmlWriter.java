package dev.botgate.normalize;

import dev.botgate.schema.Schema;
import dev.botgate.schema.Type;
import io.vertx.core.buffer.Buffer;
import javax.xml.stream.XMLStreamException;

/** Converts JSON to XML by the schema, in either style. */
final class XmlWriter {
    /** How many times as long as the longest body XML may become. */
    private static final int LONGER = 4;

    private final NormalizeSettings settings;
    private final Schema schema;

    XmlWriter(NormalizeSettings settings, Schema schema) {
        this.settings = settings;
        this.schema = schema;
    }

    /**
     * The XML of {@code json}, in UTF-8.
     *
     * @param model the name of its model, as {@link Schema#body} takes it
     * @throws NotInXml where XML cannot carry it
     */
    Buffer write(Buffer json, String model, XmlStyle style) throws NotInXml {
        Tree tree = new Tree(Math.min(json.length(), 4_096), json.length());
        int root = JsonTree.read(json, tree, settings.maximumDepth());
        Type type = schema.body(model);
        try {
            XmlOut out = new XmlOut(style, rootName(type), settings.maximumBodyBytes() * LONGER);
            new XmlValues(tree, schema, style, type, root, out).root(root, type);
            return out.toBuffer();
        } catch (XMLStreamException e) {
            throw new NotInXml("longer in XML than is sent");
        }
    }

    private static String rootName(Type type) {
        return type instanceof Type.ListOf list ? "ArrayOf" + XmlStyle.item(list.item()) : XmlStyle.item(type);
    }
}
