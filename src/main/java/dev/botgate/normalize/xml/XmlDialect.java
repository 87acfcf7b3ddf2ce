package dev.botgate.normalize.xml;

import dev.botgate.schema.Model;
import dev.botgate.schema.Schema;
import dev.botgate.schema.Type;
import java.util.Locale;
import java.util.Optional;

/** A way of writing the connector's models in XML, and what sets it apart from the others. */
enum XmlDialect {
    /** .NET's DataContractSerializer, the default of ASP.NET Web API. */
    DATA_CONTRACT(true, false),
    /** .NET's XmlSerializer. */
    XML_SERIALIZER(true, false),
    /** Clients generated from the Swagger document, which says nothing of XML. */
    OPENAPI(false, true);

    private static final String DATA_CONTRACT_NAMESPACE = "http://schemas.datacontract.org/2004/07/";
    private static final String DICTIONARY_ENTRY = "KeyValueOf";

    private final boolean dotNet;
    private final boolean emptyIsNull;

    XmlDialect(boolean dotNet, boolean emptyIsNull) {
        this.dotNet = dotNet;
        this.emptyIsNull = emptyIsNull;
    }

    /** Whether a root in this namespace was written by the DataContractSerializer. */
    static boolean isDataContract(String rootNamespace) {
        return rootNamespace.startsWith(DATA_CONTRACT_NAMESPACE);
    }

    /** The dialect of any other document, by the case of the first name in its root, or in the root's first item. */
    static XmlDialect byFirstElement(Type model, Schema schema, String firstChild) {
        boolean isProperty = model instanceof Type.Reference reference
                && schema.model(reference).property(firstChild).isPresent();
        boolean isCapitalized = !firstChild.isEmpty() && Character.isUpperCase(firstChild.charAt(0));
        return isCapitalized && !isProperty ? XML_SERIALIZER : OPENAPI;
    }

    /** Whether {@code <id/>} is null; otherwise it is the empty string, and null is said by an attribute or by leaving out. */
    boolean emptyIsNull() {
        return emptyIsNull;
    }

    /** Whether dictionaries have entries, of a {@code Key} and a {@code Value}; otherwise an element for each name. */
    boolean hasDictionaryEntries() {
        return dotNet;
    }

    /** Whether an element called so can be an entry of a dictionary. */
    static boolean isEntryName(String name) {
        return name.startsWith(DICTIONARY_ENTRY);
    }

    /** The name that JSON has for an element that the schema does not list. */
    String jsonName(String name) {
        return dotNet ? DotNetNames.decode(name) : name;
    }

    /**
     * The type of an element called {@code name} if it is an item inside a wrapper, not a part of an item that stands
     * there unwrapped.
     */
    Optional<Type> wrappedItem(Schema schema, Type item, String name) {
        if (item instanceof Type.Reference reference) {
            Model model = schema.model(reference);
            if (name.equals(model.name())) {
                return Optional.of(item);
            }
            boolean isProperty = model.propertyIgnoringCase(name).isPresent();
            return dotNet && !isProperty
                    ? schema.model(name).map(derived -> new Type.Reference(derived.name()))
                    : Optional.empty();
        }
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "string", "boolean", "int", "long", "double", "decimal", "datetime", "datetimeoffset", "anytype" ->
                Optional.of(item);
            default -> Optional.empty();
        };
    }
}
