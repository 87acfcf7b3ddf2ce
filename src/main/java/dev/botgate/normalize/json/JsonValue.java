package dev.botgate.normalize.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A JSON value that is built from XML or a form, or read to be written as XML. Mutable; arrays and objects have children. */
public final class JsonValue {
    private Kind kind;
    private String text = "";
    private Map<String, JsonValue> members = Map.of();
    private List<JsonValue> elements = List.of();

    /** The kind of a value. The source formats write arrays in different ways; {@link JsonWriter} resolves them. */
    public enum Kind {
        /** Created; its kind is not yet known. */
        UNDETERMINED,
        NULL,
        TEXT,
        /** JSON that is written unchanged. */
        LITERAL,
        OBJECT,
        /** An array that has a wrapper of its own in the source. */
        ARRAY,
        /**
         * An array of the schema that the source writes by repeating a name. A single null or array in it stands for
         * the whole.
         */
        UNWRAPPED_ARRAY,
        /** Values that share a name and have no type in the schema: an array, since JSON allows a name once. */
        IMPLICIT_ARRAY,
        /** An array whose elements are members named by their index, in any order. */
        INDEXED_ARRAY,
        /** An array where the names of the members are exactly the indices from 0 on, otherwise an object. */
        OBJECT_OR_ARRAY
    }

    private JsonValue(Kind kind) {
        this.kind = kind;
    }

    public static JsonValue of(Kind kind) {
        return new JsonValue(kind);
    }

    /** A text or literal. */
    public static JsonValue of(Kind kind, String text) {
        JsonValue value = new JsonValue(kind);
        value.text = text;
        return value;
    }

    public Kind kind() {
        return kind;
    }

    public void set(Kind newKind) {
        kind = newKind;
    }

    /** Makes this a text or literal. */
    public void set(Kind newKind, String newText) {
        kind = newKind;
        text = newText;
    }

    /** The text, or the JSON of a literal; empty for other kinds. */
    public String text() {
        return text;
    }

    /** The members by name, in the order of the source. */
    public Map<String, JsonValue> members() {
        return members;
    }

    public @Nullable JsonValue member(String name) {
        return members.get(name);
    }

    /** Adds or replaces a member. */
    public void put(String name, JsonValue member) {
        if (members.isEmpty()) {
            members = new LinkedHashMap<>(8);
        }
        members.put(name, member);
    }

    /** The elements of an array. */
    public List<JsonValue> elements() {
        return elements;
    }

    public void add(JsonValue element) {
        if (elements.isEmpty()) {
            elements = new ArrayList<>(4);
        }
        elements.add(element);
    }

    /** Makes this an {@link Kind#IMPLICIT_ARRAY} whose only element is the previous value. */
    public void wrapInArray() {
        JsonValue previous = of(kind, text);
        previous.members = members;
        previous.elements = elements;
        set(Kind.IMPLICIT_ARRAY, "");
        members = Map.of();
        elements = new ArrayList<>(List.of(previous));
    }

    /**
     * The index that {@code name} denotes: decimal digits without leading zeros, below 1,000,000,000; -1 for any other
     * name.
     */
    public static int arrayIndex(String name) {
        boolean padded = name.length() > 1 && name.charAt(0) == '0';
        if (name.isEmpty() || name.length() > 9 || padded) {
            return -1;
        }
        boolean digits = name.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits ? Integer.parseInt(name) : -1;
    }
}
