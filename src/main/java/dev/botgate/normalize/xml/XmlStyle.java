package dev.botgate.normalize.xml;

import dev.botgate.schema.Model;
import dev.botgate.schema.PropertyType;
import io.vertx.core.buffer.Buffer;
import java.math.BigInteger;
import java.nio.charset.Charset;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How a reply is written in XML, so that the clients of one kind can read it. */
public enum XmlStyle {
    /**
     * For clients generated from the Swagger document: names as in JSON, unwrapped arrays, null as an empty element.
     * Types are declared where the schema leaves them open and the value is not text.
     */
    OPENAPI {
        @Override
        String propertyElement(String property) {
            return property;
        }

        @Override
        List<Model.Property> propertiesInOrder(Model model) {
            return model.properties();
        }
    },
    /** For clients that use .NET's DataContractSerializer. */
    DATA_CONTRACT {
        @Override
        String propertyElement(String property) {
            return property.substring(0, 1).toUpperCase(Locale.ROOT) + property.substring(1);
        }

        @Override
        List<Model.Property> propertiesInOrder(Model model) {
            return model.properties().stream()
                    .sorted(Comparator.comparing(property -> propertyElement(property.name())))
                    .toList();
        }
    };

    private static final Pattern INTEGER = Pattern.compile("-?[0-9]+");
    /** The digits that every .NET {@code decimal} can hold. */
    private static final int DECIMAL_DIGITS = 28;

    /**
     * The style for a client, by the root's namespace in a document that the client has sent.
     *
     * @param prefix the first bytes of the document
     * @param charset as {@link XmlReader#toJson} takes it
     */
    public static XmlStyle ofClient(Buffer prefix, @Nullable Charset charset) {
        return XmlDialect.isDataContract(XmlReader.rootNamespace(prefix, charset)) ? DATA_CONTRACT : OPENAPI;
    }

    /** The name of a property's element. */
    abstract String propertyElement(String property);

    /**
     * The model's properties in the order of their elements. The DataContractSerializer ignores elements that are out
     * of order.
     */
    abstract List<Model.Property> propertiesInOrder(Model model);

    /** The XML Schema type of the number {@code json}. */
    static String numberType(String json) {
        if (!INTEGER.matcher(json).matches()) {
            return "double";
        }
        int bits = new BigInteger(json).bitLength();
        if (bits < Long.SIZE) {
            return bits < Integer.SIZE ? "int" : "long";
        }
        return json.length() <= DECIMAL_DIGITS ? "decimal" : "double";
    }

    /** The name of an item's element in a wrapped array. */
    static String itemElement(PropertyType item) {
        if (item instanceof PropertyType.Reference reference) {
            return reference.model();
        }
        if (item instanceof PropertyType.Scalar scalar) {
            return switch (scalar) {
                case STRING, BYTE -> "string";
                case DATE_TIME -> "dateTime";
                case BOOLEAN -> "boolean";
                case INT32 -> "int";
                case INTEGER -> "long";
                case NUMBER -> "double";
            };
        }
        return "anyType";
    }
}
