package dev.botgate.normalize;

import dev.botgate.schema.Model;
import dev.botgate.schema.Property;
import dev.botgate.schema.Schema;
import dev.botgate.schema.Type;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A place in a document of the schema from which service URLs can be reached: an object, an array, or the string
 * itself. Names are compared without regard to case, as the connector does.
 */
final class Places {
    private static final String SERVICE_URL = "serviceUrl";

    /** Where no service URL is, nor below. */
    static final Places NONE = new Places(false);

    private final boolean serviceUrl;
    private final List<byte[]> names = new ArrayList<>();
    private final List<Places> members = new ArrayList<>();
    private final List<Places> elements = new ArrayList<>();

    private Places(boolean serviceUrl) {
        this.serviceUrl = serviceUrl;
    }

    /** The places in a body of {@code type}. */
    static Places in(Schema schema, Type type) {
        return in(schema, type, new HashMap<>());
    }

    private static Places in(Schema schema, Type type, Map<String, Places> known) {
        if (type instanceof Type.ListOf list) {
            Places item = in(schema, list.item(), known);
            return item == NONE ? NONE : arrayOf(item);
        }
        if (type instanceof Type.Reference reference) {
            Places before = known.get(reference.model());
            return before == null ? object(schema, schema.model(reference), known) : before;
        }
        return NONE;
    }

    private static Places arrayOf(Places item) {
        Places array = new Places(false);
        array.elements.add(item);
        return array;
    }

    private static Places object(Schema schema, Model model, Map<String, Places> known) {
        Places object = new Places(false);
        known.put(model.name(), object);
        for (Property property : model.properties()) {
            boolean found = property.name().equals(SERVICE_URL);
            Places below = found ? new Places(true) : in(schema, property.type(), known);
            if (below != NONE) {
                object.names.add(property.name().getBytes(StandardCharsets.US_ASCII));
                object.members.add(below);
            }
        }
        if (object.names.isEmpty()) {
            known.put(model.name(), NONE);
            return NONE;
        }
        return object;
    }

    /** Whether a string here is a service URL. */
    boolean isServiceUrl() {
        return serviceUrl;
    }

    /** The place of an array's elements. */
    Places element() {
        return elements.isEmpty() ? NONE : elements.get(0);
    }

    /** The place of the member of an object that is called so. */
    Places member(byte[] source, int start, int end) {
        for (int i = 0; i < names.size(); i++) {
            if (equalsIgnoringCase(names.get(i), source, start, end)) {
                return members.get(i);
            }
        }
        return NONE;
    }

    static boolean equalsIgnoringCase(byte[] name, byte[] source, int start, int end) {
        if (name.length != end - start) {
            return false;
        }
        for (int i = 0; i < name.length; i++) {
            if (lower(name[i]) != lower(source[start + i])) {
                return false;
            }
        }
        return true;
    }

    private static int lower(byte letter) {
        return letter >= 'A' && letter <= 'Z' ? letter + ('a' - 'A') : letter;
    }
}
