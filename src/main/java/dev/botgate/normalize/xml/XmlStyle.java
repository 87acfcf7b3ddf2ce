package dev.botgate.normalize.xml;

import dev.botgate.schema.Model;
import dev.botgate.schema.Property;
import dev.botgate.schema.Type;
import io.vertx.core.buffer.Buffer;
import java.math.BigInteger;
import java.nio.charset.Charset;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A way in which replies are written in XML: one that the clients of that kind read. */
public enum XmlStyle {
    /**
     * As clients generated from the Swagger document have it: names as in JSON, arrays not wrapped, null as an empty element.
     * Types are told where the document leaves them open and they are not text.
     */
    OPENAPI {
        @Override
        String propertyElement(String property) {
            return property;
        }

        @Override
        List<Property> propertiesInOrder(Model model) {
            return model.properties();
        }
    },
    /** As .NET's DataContractSerializer has it. */
    DATA_CONTRACT {
        @Override
        String propertyElement(String property) {
            return property.substring(0, 1).toUpperCase(Locale.ROOT) + property.substring(1);
        }

        @Override
        List<Property> propertiesInOrder(Model model) {
            return model.properties().stream()
                    .sorted(Comparator.comparing(property -> propertyElement(property.name())))
                    .toList();
        }
    };

    private static final Pattern INTEGER = Pattern.compile("-?[0-9]+");
    /** What a {@code decimal} of .NET holds for certain. */
    private static final int DECIMAL_DIGITS = 28;

    /**
     * The style that is written for the client which sent the document that begins so: by the namespace of its root.
     *
     * @param charset as {@link XmlReader#read} takes it
     */
    public static XmlStyle ofClient(Buffer prefix, @Nullable Charset charset) {
        return XmlDialect.isDataContract(XmlReader.rootNamespace(prefix, charset)) ? DATA_CONTRACT : OPENAPI;
    }

    /** The element of a listed property. */
    abstract String propertyElement(String property);

    /** The properties in the order in which their elements stand; .NET passes over those that stand elsewhere. */
    abstract List<Property> propertiesInOrder(Model model);

    /** The type of XML Schema that holds the number which {@code json} is. */
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

    /** The element of an item of a wrapped array. */
    static String itemElement(Type item) {
        if (item instanceof Type.Reference reference) {
            return reference.model();
        }
        if (item instanceof Type.Scalar scalar) {
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
