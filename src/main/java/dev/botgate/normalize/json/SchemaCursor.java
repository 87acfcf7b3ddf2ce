package dev.botgate.normalize.json;

import dev.botgate.schema.Model;
import dev.botgate.schema.PropertyType;
import dev.botgate.schema.Schema;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A place in a body of the schema that is, or contains, a service URL: an object, an array, or the URL itself. Names are
 * compared ignoring letter case, as the connector compares them.
 */
final class SchemaCursor {
    private static final String SERVICE_URL = "serviceUrl";

    /** Any place that contains no service URL. */
    static final SchemaCursor NONE = new SchemaCursor(false);

    private final boolean serviceUrl;
    private final List<byte[]> names = new ArrayList<>();
    private final List<SchemaCursor> members = new ArrayList<>();
    private final List<SchemaCursor> elements = new ArrayList<>();

    private SchemaCursor(boolean serviceUrl) {
        this.serviceUrl = serviceUrl;
    }

    /** The root of a body of {@code type}. */
    static SchemaCursor root(Schema schema, PropertyType type) {
        return root(schema, type, new HashMap<>());
    }

    private static SchemaCursor root(Schema schema, PropertyType type, Map<String, SchemaCursor> known) {
        if (type instanceof PropertyType.ListOf list) {
            SchemaCursor item = root(schema, list.item(), known);
            return item == NONE ? NONE : arrayOf(item);
        }
        if (type instanceof PropertyType.Reference reference) {
            SchemaCursor before = known.get(reference.model());
            return before == null ? object(schema, schema.model(reference), known) : before;
        }
        return NONE;
    }

    private static SchemaCursor arrayOf(SchemaCursor item) {
        SchemaCursor array = new SchemaCursor(false);
        array.elements.add(item);
        return array;
    }

    private static SchemaCursor object(Schema schema, Model model, Map<String, SchemaCursor> known) {
        SchemaCursor object = new SchemaCursor(false);
        known.put(model.name(), object);
        for (Model.Property property : model.properties()) {
            boolean isServiceUrl = property.name().equals(SERVICE_URL);
            SchemaCursor below = isServiceUrl ? new SchemaCursor(true) : root(schema, property.type(), known);
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

    /** The array's elements. */
    SchemaCursor element() {
        return elements.isEmpty() ? NONE : elements.get(0);
    }

    /** The object's member with the name between {@code start} and {@code end}. */
    SchemaCursor member(byte[] source, int start, int end) {
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
