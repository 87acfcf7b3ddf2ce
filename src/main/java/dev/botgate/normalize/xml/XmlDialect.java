package dev.botgate.normalize.xml;

import dev.botgate.schema.Model;
import dev.botgate.schema.PropertyType;
import dev.botgate.schema.Schema;
import java.util.Locale;
import java.util.Optional;

/** How a client writes the connector's models in XML. */
enum XmlDialect {
    /** .NET's DataContractSerializer, the default of ASP.NET Web API. */
    DATA_CONTRACT(true, false),
    /** .NET's XmlSerializer. */
    XML_SERIALIZER(true, false),
    /** Clients generated from the Swagger document, which does not mention XML. */
    OPENAPI(false, true);

    private static final String DATA_CONTRACT_NAMESPACE = "http://schemas.datacontract.org/2004/07/";
    private static final String DICTIONARY_ENTRY = "KeyValueOf";

    private final boolean dotNet;
    private final boolean emptyIsNull;

    XmlDialect(boolean dotNet, boolean emptyIsNull) {
        this.dotNet = dotNet;
        this.emptyIsNull = emptyIsNull;
    }

    /** Whether the DataContractSerializer wrote a root element in this namespace. */
    static boolean isDataContract(String rootNamespace) {
        return rootNamespace.startsWith(DATA_CONTRACT_NAMESPACE);
    }

    /**
     * The dialect of a document that is not {@link #DATA_CONTRACT}, by the name of the first element in the root, or in
     * the root's first item.
     */
    static XmlDialect byFirstElement(PropertyType model, Schema schema, String firstChild) {
        boolean isProperty = model instanceof PropertyType.Reference reference
                && schema.model(reference).property(firstChild).isPresent();
        boolean isCapitalized = !firstChild.isEmpty() && Character.isUpperCase(firstChild.charAt(0));
        return isCapitalized && !isProperty ? XML_SERIALIZER : OPENAPI;
    }

    /**
     * Whether {@code <id/>} is null. Otherwise it is the empty string, and null is an attribute or a missing element.
     */
    boolean emptyIsNull() {
        return emptyIsNull;
    }

    /** Whether a dictionary has entries of {@code Key} and {@code Value}. Otherwise it has an element for each name. */
    boolean hasDictionaryEntries() {
        return dotNet;
    }

    /** Whether an element of that name may be an entry of a dictionary. */
    static boolean isEntryName(String name) {
        return name.startsWith(DICTIONARY_ENTRY);
    }

    /** The JSON name of an element that is no property of the schema. */
    String jsonName(String name) {
        return dotNet ? XmlNames.decode(name) : name;
    }

    /**
     * The type of the element {@code name} where it is an item inside a wrapper; empty where it is part of an unwrapped
     * item.
     */
    Optional<PropertyType> wrappedItem(Schema schema, PropertyType item, String name) {
        if (item instanceof PropertyType.Reference reference) {
            Model model = schema.model(reference);
            if (name.equals(model.name())) {
                return Optional.of(item);
            }
            boolean isProperty = model.propertyIgnoringCase(name).isPresent();
            return dotNet && !isProperty
                    ? schema.model(name).map(derived -> new PropertyType.Reference(derived.name()))
                    : Optional.empty();
        }
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "string", "boolean", "int", "long", "double", "decimal", "datetime", "datetimeoffset", "anytype" ->
                Optional.of(item);
            default -> Optional.empty();
        };
    }
}
