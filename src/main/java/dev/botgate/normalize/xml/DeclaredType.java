package dev.botgate.normalize.xml;

import dev.botgate.normalize.json.InvalidBodyException;
import dev.botgate.normalize.json.ScalarParser;
import dev.botgate.schema.PropertyType;
import dev.botgate.schema.Schema;
import java.util.Optional;
import javax.xml.XMLConstants;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * What an element's attributes declare: {@code i:nil} and {@code i:type}.
 *
 * @param notNil whether the element, even if empty, is not null: by {@code i:nil="false"} or by a type
 * @param type the declared type where it is known and no scalar
 * @param scalar the parser of the declared type where that is a scalar
 */
record DeclaredType(boolean nil, boolean notNil, @Nullable PropertyType type, @Nullable ScalarParser scalar) {
    static final DeclaredType NONE = new DeclaredType(false, false, null, null);
    static final DeclaredType NIL = new DeclaredType(true, false, null, null);
    static final DeclaredType NOT_NIL = new DeclaredType(false, true, null, null);

    private static final String XML_SCHEMA = "http://www.w3.org/2001/XMLSchema";
    private static final String SERIALIZATION = "http://schemas.microsoft.com/2003/10/Serialization/";
    private static final String ARRAY_PREFIX = "ArrayOf";
    private static final String DICTIONARY_PREFIX = "ArrayOfKeyValueOf";

    /**
     * Reads the attributes of the element at which {@code in} stands. Attributes that would be lost in JSON are
     * refused.
     */
    static DeclaredType read(XMLStreamReader in, Schema schema, XmlTreeBuilder builder) throws InvalidBodyException {
        DeclaredType declared = NONE;
        for (int i = 0; i < in.getAttributeCount(); i++) {
            String namespace = in.getAttributeNamespace(i);
            String name = in.getAttributeLocalName(i);
            if (XMLConstants.W3C_XML_SCHEMA_INSTANCE_NS_URI.equals(namespace)) {
                if (name.equals("nil")) {
                    if (isTrue(in.getAttributeValue(i), builder)) {
                        return NIL;
                    }
                    declared = declared.notNil() ? declared : NOT_NIL;
                } else if (name.equals("type")) {
                    DeclaredType type = type(in, in.getAttributeValue(i).strip(), schema, builder);
                    declared = type.notNil() ? type : declared;
                }
            } else if (SERIALIZATION.equals(namespace)) {
                if (name.equals("Ref")) {
                    throw invalid(builder, "a reference to another element (expected: the value itself)");
                }
            } else if (!XMLConstants.XML_NS_URI.equals(namespace)) {
                throw invalid(builder, "an unsupported attribute (expected: nil and type only)");
            }
        }
        return declared;
    }

    private static boolean isTrue(String nil, XmlTreeBuilder builder) throws InvalidBodyException {
        return switch (nil.strip()) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw invalid(builder, "nil is not a valid boolean (expected: true or false)");
        };
    }

    private static DeclaredType type(XMLStreamReader in, String qualified, Schema schema, XmlTreeBuilder builder)
            throws InvalidBodyException {
        int colon = qualified.indexOf(':');
        String prefix = colon < 0 ? "" : qualified.substring(0, colon);
        String namespace = in.getNamespaceContext().getNamespaceURI(prefix);
        if (colon >= 0 && (namespace == null || namespace.isEmpty())) {
            throw invalid(builder, "type has an undeclared prefix");
        }
        return ofTypeName(schema, namespace == null ? "" : namespace, qualified.substring(colon + 1));
    }

    private static InvalidBodyException invalid(XmlTreeBuilder builder, String reason) {
        return InvalidBodyException.malformed(builder.line(), builder.column(), reason);
    }

    /** The type of that name; {@link #NONE} where the content is read as without a declared type. */
    private static DeclaredType ofTypeName(Schema schema, String namespace, String name) {
        if (namespace.equals(XML_SCHEMA)) {
            return scalar(name).map(DeclaredType::scalar).orElse(NONE);
        }
        if (namespace.equals(SERIALIZATION)) {
            return name.equals("char")
                    ? scalar(ScalarParser.CHARACTER)
                    : scalar(name).map(DeclaredType::scalar).orElse(NONE);
        }
        if (name.equals("DateTimeOffset")) {
            return type(PropertyType.Scalar.DATE_TIME);
        }
        if (name.startsWith(DICTIONARY_PREFIX)) {
            return type(new PropertyType.MapOf(new PropertyType.Anything()));
        }
        if (name.startsWith(ARRAY_PREFIX)) {
            return type(new PropertyType.ListOf(item(schema, name.substring(ARRAY_PREFIX.length()))));
        }
        return schema.model(name)
                .map(model -> type(new PropertyType.Reference(model.name())))
                .orElse(NONE);
    }

    private static DeclaredType type(PropertyType type) {
        return new DeclaredType(false, true, type, null);
    }

    private static DeclaredType scalar(ScalarParser scalar) {
        return new DeclaredType(false, true, null, scalar);
    }

    private static PropertyType item(Schema schema, String name) {
        return switch (name.isEmpty() ? name : Character.toLowerCase(name.charAt(0)) + name.substring(1)) {
            case "string" -> PropertyType.Scalar.STRING;
            case "boolean" -> PropertyType.Scalar.BOOLEAN;
            case "int", "long", "short" -> PropertyType.Scalar.INTEGER;
            case "double", "float", "decimal" -> PropertyType.Scalar.NUMBER;
            case "dateTimeOffset" -> PropertyType.Scalar.DATE_TIME;
            default ->
                schema.model(name)
                        .<PropertyType>map(model -> new PropertyType.Reference(model.name()))
                        .orElseGet(PropertyType.Anything::new);
        };
    }

    private static Optional<ScalarParser> scalar(String name) {
        return switch (name) {
            case "boolean" -> Optional.of(ScalarParser.BOOLEAN);
            case "byte",
                    "short",
                    "int",
                    "long",
                    "integer",
                    "unsignedByte",
                    "unsignedShort",
                    "unsignedInt",
                    "unsignedLong",
                    "nonNegativeInteger",
                    "positiveInteger",
                    "nonPositiveInteger",
                    "negativeInteger" -> Optional.of(ScalarParser.INTEGER);
            case "decimal", "double", "float" -> Optional.of(ScalarParser.NUMBER);
            case "anyType" -> Optional.empty();
            default -> Optional.of(ScalarParser.TEXT);
        };
    }
}
