package dev.botgate.normalize.xml;

import dev.botgate.normalize.json.InvalidBodyException;
import dev.botgate.normalize.json.JsonValue;
import dev.botgate.schema.Model;
import dev.botgate.schema.PropertyType;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Open elements that contain elements: models, dictionaries, arrays and values of any shape. */
final class ContainerElements {
    private static final PropertyType ANYTHING = new PropertyType.Anything();
    /** Stands in an error's path for a name that the client chose. */
    private static final String UNLISTED = "*";

    private ContainerElements() {}

    /** An element whose child elements are members of an object. */
    private abstract static class ObjectElement extends OpenElement {
        final JsonValue value = JsonValue.of(JsonValue.Kind.UNDETERMINED);
        final boolean emptyIsNull;

        ObjectElement(XmlTreeBuilder builder, @Nullable OpenElement parent, String label, boolean emptyIsNull) {
            super(builder, parent, label);
            this.emptyIsNull = emptyIsNull;
        }

        final OpenElement unlistedChild(String local, PropertyType type, Repetition repetition, DeclaredType declared)
                throws InvalidBodyException {
            return builder.open(this, UNLISTED, type, declared)
                    .named(builder.dialect().jsonName(local), repetition);
        }

        @Override
        void addChild(OpenElement child, JsonValue childValue) throws InvalidBodyException {
            putMember(value, child, childValue);
        }

        /**
         * The object of the members that were read. An empty element becomes null or an object, as its dialect or its
         * attributes say.
         */
        final JsonValue closeObject() throws InvalidBodyException {
            if (!isBlank()) {
                throw invalid("contains text (expected: elements)");
            }
            boolean isNull = !hasChildren() && emptyIsNull && !isRoot();
            value.set(isNull ? JsonValue.Kind.NULL : JsonValue.Kind.OBJECT);
            return value;
        }
    }

    /** A model. Its properties are found ignoring case; an element that is no property may have any shape. */
    static final class ModelElement extends ObjectElement {
        private final Model model;

        ModelElement(
                XmlTreeBuilder builder, @Nullable OpenElement parent, String label, boolean emptyIsNull, Model model) {
            super(builder, parent, label, emptyIsNull);
            this.model = model;
        }

        @Override
        boolean mayContainText() {
            return false;
        }

        @Override
        OpenElement createChild(String local, DeclaredType declared) throws InvalidBodyException {
            Optional<Model.Property> listed = model.propertyIgnoringCase(local);
            if (listed.isEmpty()) {
                return unlistedChild(local, ANYTHING, Repetition.IMPLICIT_ARRAY, declared);
            }
            Model.Property property = listed.get();
            boolean list = property.type() instanceof PropertyType.ListOf;
            return builder.open(this, property.name(), property.type(), declared)
                    .named(property.name(), list ? Repetition.ARRAY : Repetition.FORBIDDEN);
        }

        /**
         * Clients leave out an empty array. A model that is nothing but one array gets it here, so that it is not
         * missing.
         */
        @Override
        JsonValue close() throws InvalidBodyException {
            JsonValue object = closeObject();
            Optional<Model.Property> list = model.onlyList();
            if (list.isPresent()
                    && object.kind() == JsonValue.Kind.OBJECT
                    && object.member(list.get().name()) == null) {
                object.put(list.get().name(), JsonValue.of(JsonValue.Kind.ARRAY));
            }
            return object;
        }
    }

    /** A value of any shape: text, an object or a dictionary. */
    static final class FreeElement extends ObjectElement {
        FreeElement(XmlTreeBuilder builder, @Nullable OpenElement parent, String label, boolean emptyIsNull) {
            super(builder, parent, label, emptyIsNull);
        }

        @Override
        OpenElement createChild(String local, DeclaredType declared) throws InvalidBodyException {
            return XmlDialect.isEntryName(local) && builder.dialect().hasDictionaryEntries()
                    ? new DictionaryEntry(builder, this, ANYTHING)
                    : unlistedChild(local, ANYTHING, Repetition.IMPLICIT_ARRAY, declared);
        }

        @Override
        JsonValue close() {
            if (hasChildren()) {
                value.set(JsonValue.Kind.OBJECT);
            } else if (isEmpty() && emptyIsNull) {
                value.set(JsonValue.Kind.NULL);
            } else {
                value.set(JsonValue.Kind.TEXT, text());
            }
            return value;
        }
    }

    /** A dictionary: an element for each name, or an entry with a key and a value. */
    static final class DictionaryElement extends ObjectElement {
        private final PropertyType valueType;
        private final boolean typeIsDeclared;

        /** @param typeIsDeclared whether its type is declared to be a dictionary; then it may have entries in every dialect */
        DictionaryElement(
                XmlTreeBuilder builder,
                @Nullable OpenElement parent,
                String label,
                boolean emptyIsNull,
                PropertyType valueType,
                boolean typeIsDeclared) {
            super(builder, parent, label, emptyIsNull);
            this.valueType = valueType;
            this.typeIsDeclared = typeIsDeclared;
        }

        @Override
        boolean mayContainText() {
            return false;
        }

        @Override
        OpenElement createChild(String local, DeclaredType declared) throws InvalidBodyException {
            return XmlDialect.isEntryName(local)
                            && (typeIsDeclared || builder.dialect().hasDictionaryEntries())
                    ? new DictionaryEntry(builder, this, valueType)
                    : unlistedChild(local, valueType, Repetition.FORBIDDEN, declared);
        }

        @Override
        JsonValue close() throws InvalidBodyException {
            return closeObject();
        }
    }

    /** An entry of a dictionary. */
    private static final class DictionaryEntry extends OpenElement {
        private final PropertyType valueType;
        private @Nullable String key;
        private @Nullable JsonValue value;

        DictionaryEntry(XmlTreeBuilder builder, OpenElement parent, PropertyType valueType) {
            super(builder, parent, UNLISTED);
            this.valueType = valueType;
        }

        @Override
        OpenElement createChild(String local, DeclaredType declared) throws InvalidBodyException {
            return switch (local) {
                case "Key" -> new ScalarElements.CapturedText(builder, this, "Key");
                case "Value" -> builder.open(this, UNLISTED, valueType, declared);
                default -> throw invalid("is a malformed dictionary entry (expected: one Key and one Value)");
            };
        }

        @Override
        void addChild(OpenElement child, JsonValue childValue) throws InvalidBodyException {
            boolean first;
            if (child instanceof ScalarElements.CapturedText captured) {
                first = key == null;
                key = captured.captured();
            } else {
                first = value == null;
                value = childValue;
            }
            if (!first) {
                throw invalid("is a malformed dictionary entry (expected: one Key and one Value)");
            }
        }

        @Override
        JsonValue close() throws InvalidBodyException {
            String name = key;
            if (name == null || !isBlank()) {
                throw invalid("is a malformed dictionary entry (expected: one Key and one Value)");
            }
            OpenElement named = named(name, Repetition.FORBIDDEN);
            assert named == this;
            return value == null ? JsonValue.of(JsonValue.Kind.NULL) : value;
        }
    }

    /**
     * An array: a wrapper around its items, or, where its content is that of an item, one of several items side by
     * side.
     */
    static final class ArrayElement extends OpenElement {
        private final @Nullable OpenElement parent;
        private final String label;
        private final PropertyType item;
        private final DeclaredType itemDeclaration;
        private final boolean typeIsDeclared;
        private @Nullable OpenElement soleItem;
        private @Nullable JsonValue array;

        /**
         * @param itemDeclaration what the element's attributes say; it applies to the item where the element is one
         * @param typeIsDeclared whether its type is declared to be an array; then every child is an item
         */
        ArrayElement(
                XmlTreeBuilder builder,
                @Nullable OpenElement parent,
                String label,
                PropertyType item,
                DeclaredType itemDeclaration,
                boolean typeIsDeclared) {
            super(builder, parent, label);
            this.parent = parent;
            this.label = label;
            this.item = item;
            this.itemDeclaration = itemDeclaration;
            this.typeIsDeclared = typeIsDeclared;
        }

        @Override
        OpenElement createChild(String local, DeclaredType childType) throws InvalidBodyException {
            if (soleItem != null) {
                return soleItem.openChild(local, childType);
            }
            Optional<PropertyType> wrapped =
                    typeIsDeclared ? Optional.of(item) : builder.dialect().wrappedItem(builder.schema(), item, local);
            if (wrapped.isPresent()) {
                if (array == null) {
                    array = JsonValue.of(JsonValue.Kind.ARRAY);
                }
                return builder.open(this, "", wrapped.get(), childType);
            }
            if (array != null) {
                throw invalid("contains an element that is not an item (expected: items only)");
            }
            soleItem = builder.open(parent, label, item, itemDeclaration);
            return soleItem.openChild(local, childType);
        }

        @Override
        void addChild(OpenElement child, JsonValue value) throws InvalidBodyException {
            if (soleItem != null) {
                soleItem.addChild(child, value);
            } else if (array != null) {
                array.add(value);
            }
        }

        @Override
        JsonValue close() throws InvalidBodyException {
            if (soleItem != null) {
                return soleItem.close();
            }
            if (array != null) {
                return array;
            }
            boolean unwrapped = builder.dialect().emptyIsNull() && !typeIsDeclared;
            boolean isBlankScalar = item instanceof PropertyType.Scalar && !isEmpty() && unwrapped;
            if (isBlankScalar || !isBlank() || (unwrapped && itemDeclaration.notNil())) {
                OpenElement only = builder.open(parent, label, item, itemDeclaration);
                return only.close();
            }
            return JsonValue.of(unwrapped ? JsonValue.Kind.NULL : JsonValue.Kind.ARRAY);
        }
    }
}
