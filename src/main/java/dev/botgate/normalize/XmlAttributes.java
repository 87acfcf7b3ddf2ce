package dev.botgate.normalize;

import dev.botgate.schema.Schema;
import javax.xml.XMLConstants;
import javax.xml.stream.XMLStreamReader;

/** Reads the attributes of an element. Few mean something, and what would be lost is refused. */
final class XmlAttributes {
    private static final String SERIALIZATION = "http://schemas.microsoft.com/2003/10/Serialization/";

    private XmlAttributes() {}

    /** What the attributes of the element at which {@code in} stands say of its type. */
    static DeclaredType read(XMLStreamReader in, Schema schema, XmlWalk walk) throws RefusedBody {
        DeclaredType declared = DeclaredType.NONE;
        for (int i = 0; i < in.getAttributeCount(); i++) {
            String namespace = in.getAttributeNamespace(i);
            String name = in.getAttributeLocalName(i);
            if (XMLConstants.W3C_XML_SCHEMA_INSTANCE_NS_URI.equals(namespace)) {
                if (name.equals("nil")) {
                    if (isTrue(in.getAttributeValue(i), walk)) {
                        return DeclaredType.NIL;
                    }
                    declared = declared.notNil() ? declared : DeclaredType.NOT_NIL;
                } else if (name.equals("type")) {
                    DeclaredType type = type(in, in.getAttributeValue(i).strip(), schema, walk);
                    declared = type.notNil() ? type : declared;
                }
            } else if (SERIALIZATION.equals(namespace)) {
                if (name.equals("Ref")) {
                    throw refused(walk, "a reference to another element (expected: the value itself)");
                }
            } else if (!XMLConstants.XML_NS_URI.equals(namespace)) {
                throw refused(walk, "an attribute that JSON has no place for (expected: nil and type only)");
            }
        }
        return declared;
    }

    private static boolean isTrue(String nil, XmlWalk walk) throws RefusedBody {
        return switch (nil.strip()) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw refused(walk, "nil is no boolean (expected: true or false)");
        };
    }

    private static DeclaredType type(XMLStreamReader in, String qualified, Schema schema, XmlWalk walk)
            throws RefusedBody {
        int colon = qualified.indexOf(':');
        String prefix = colon < 0 ? "" : qualified.substring(0, colon);
        String namespace = in.getNamespaceContext().getNamespaceURI(prefix);
        if (colon >= 0 && (namespace == null || namespace.isEmpty())) {
            throw refused(walk, "type has a prefix that is not declared");
        }
        return DeclaredType.of(schema, namespace == null ? "" : namespace, qualified.substring(colon + 1));
    }

    private static RefusedBody refused(XmlWalk walk, String reason) {
        return RefusedBody.malformed(walk.line(), walk.column(), reason);
    }
}
