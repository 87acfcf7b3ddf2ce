package dev.botgate.normalize.xml;

import dev.botgate.normalize.json.InvalidBodyException;
import dev.botgate.normalize.json.JsonTree;
import dev.botgate.schema.Model;
import dev.botgate.schema.Property;
import dev.botgate.schema.Type;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The open elements of objects: models, free-form values and dictionaries. */
final class ContainerElements {
    private static final Type ANYTHING = new Type.Anything();
    private static final String UNLISTED = "*";

    private ContainerElements() {}

    /** An element that has elements for members. */
    private abstract static class Members extends OpenElement {
        final int value = tree.make(JsonTree.Kind.OPEN);
        final boolean emptyIsNull;

        Members(XmlTreeBuilder walk, @Nullable OpenElement parent, String label, boolean emptyIsNull) {
            super(walk, parent, label);
            this.emptyIsNull = emptyIsNull;
        }

        final OpenElement unlisted(String local, Type type, Repetition repetition, DeclaredType declared)
                throws InvalidBodyException {
            return walk.open(this, UNLISTED, type, declared)
                    .called(walk.dialect().unlisted(local), repetition);
        }

        @Override
        void adopt(OpenElement child, int childValue) throws InvalidBodyException {
            put(value, child, childValue);
        }

        /** An object of the members that came; where none did, what the dialect, or the element, says of an empty one. */
        final int closeObject() throws InvalidBodyException {
            if (!isBlank()) {
                throw refused("holds text (expected: elements)");
            }
            if (!hasParts()) {
                dropText();
            }
            boolean nothing = !hasParts() && emptyIsNull && !isRoot();
            tree.become(value, nothing ? JsonTree.Kind.NULL : JsonTree.Kind.OBJECT);
            return value;
        }
    }

    /** A model: members by the schema, letter case aside; what is not listed is free-form. */
    static final class OfModel extends Members {
        private final Model model;

        OfModel(XmlTreeBuilder walk, @Nullable OpenElement parent, String label, boolean emptyIsNull, Model model) {
            super(walk, parent, label, emptyIsNull);
            this.model = model;
        }

        @Override
        boolean mayHoldText() {
            return false;
        }

        @Override
        OpenElement child(String local, DeclaredType declared) throws InvalidBodyException {
            Optional<Property> listed = model.propertyIgnoringCase(local);
            if (listed.isEmpty()) {
                return unlisted(local, ANYTHING, Repetition.FREE, declared);
            }
            Property property = listed.get();
            boolean list = property.type() instanceof Type.ListOf;
            return walk.open(this, property.name(), property.type(), declared)
                    .called(property.name(), list ? Repetition.LIST : Repetition.REFUSED);
        }

        /** Clients leave empty lists out: without its list, a model that is nothing else has an empty one. */
        @Override
        int close() throws InvalidBodyException {
            int object = closeObject();
            Optional<Property> list = model.onlyList();
            if (list.isPresent() && tree.kind(object) == JsonTree.Kind.OBJECT) {
                int name = walk.name(this, list.get().name());
                if (tree.find(object, name) == JsonTree.NONE) {
                    tree.append(object, name, tree.make(JsonTree.Kind.ARRAY));
                }
            }
            return object;
        }
    }

    /** A value of any shape: text, or an object, or a dictionary. */
    static final class Free extends Members {
        Free(XmlTreeBuilder walk, @Nullable OpenElement parent, String label, boolean emptyIsNull) {
            super(walk, parent, label, emptyIsNull);
        }

        @Override
        OpenElement child(String local, DeclaredType declared) throws InvalidBodyException {
            return XmlDialect.isEntryName(local) && walk.dialect().hasEntries()
                    ? new Entry(walk, this, ANYTHING)
                    : unlisted(local, ANYTHING, Repetition.FREE, declared);
        }

        @Override
        int close() {
            if (hasParts()) {
                tree.become(value, JsonTree.Kind.OBJECT);
            } else if (isEmpty() && emptyIsNull) {
                tree.become(value, JsonTree.Kind.NULL);
            } else {
                tree.become(value, JsonTree.Kind.TEXT, textStart());
            }
            return value;
        }
    }

    /** Values of one type by free names: each in an element called so, or in an entry of a key and a value. */
    static final class Dictionary extends Members {
        private final Type valueType;
        private final boolean named;

        /** @param named whether it says that it is a dictionary; then it may have entries in any dialect */
        Dictionary(
                XmlTreeBuilder walk,
                @Nullable OpenElement parent,
                String label,
                boolean emptyIsNull,
                Type valueType,
                boolean named) {
            super(walk, parent, label, emptyIsNull);
            this.valueType = valueType;
            this.named = named;
        }

        @Override
        boolean mayHoldText() {
            return false;
        }

        @Override
        OpenElement child(String local, DeclaredType declared) throws InvalidBodyException {
            return XmlDialect.isEntryName(local) && (named || walk.dialect().hasEntries())
                    ? new Entry(walk, this, valueType)
                    : unlisted(local, valueType, Repetition.REFUSED, declared);
        }

        @Override
        int close() throws InvalidBodyException {
            return closeObject();
        }
    }

    /** One entry of a dictionary. */
    private static final class Entry extends OpenElement {
        private final Type valueType;
        private @Nullable String key;
        private int value = JsonTree.NONE;

        Entry(XmlTreeBuilder walk, OpenElement parent, Type valueType) {
            super(walk, parent, UNLISTED);
            this.valueType = valueType;
        }

        @Override
        OpenElement child(String local, DeclaredType declared) throws InvalidBodyException {
            return switch (local) {
                case "Key" -> new ScalarElements.Captured(walk, this, "Key");
                case "Value" -> walk.open(this, UNLISTED, valueType, declared);
                default -> throw refused("is an entry of a dictionary (expected: Key and Value)");
            };
        }

        @Override
        void adopt(OpenElement child, int childValue) throws InvalidBodyException {
            boolean first;
            if (child instanceof ScalarElements.Captured captured) {
                first = key == null;
                key = captured.text();
            } else {
                first = value == JsonTree.NONE;
                value = childValue;
            }
            if (!first) {
                throw refused("is an entry of a dictionary (expected: one Key and one Value)");
            }
        }

        @Override
        int close() throws InvalidBodyException {
            String name = key;
            if (name == null || !isBlank()) {
                throw refused("is an entry of a dictionary (expected: Key and Value)");
            }
            OpenElement named = called(name, Repetition.REFUSED);
            assert named == this;
            return value == JsonTree.NONE ? tree.make(JsonTree.Kind.NULL) : value;
        }
    }

    /**
     * An array: a wrapper with items inside, or, where what stands inside is no item, one of several items that stand
     * side by side.
     */
    static final class Items extends OpenElement {
        private final @Nullable OpenElement parent;
        private final String label;
        private final Type item;
        private final DeclaredType itself;
        private final boolean declared;
        private @Nullable OpenElement onlyItem;
        private int array = JsonTree.NONE;

        /**
         * @param itself what the element says of itself, which is said of the item where it is one
         * @param declared whether it says that it is an array; then all in it are items
         */
        Items(
                XmlTreeBuilder walk,
                @Nullable OpenElement parent,
                String label,
                Type item,
                DeclaredType itself,
                boolean declared) {
            super(walk, parent, label);
            this.parent = parent;
            this.label = label;
            this.item = item;
            this.itself = itself;
            this.declared = declared;
        }

        @Override
        OpenElement child(String local, DeclaredType childType) throws InvalidBodyException {
            if (onlyItem != null) {
                return onlyItem.open(local, childType);
            }
            Optional<Type> wrapped =
                    declared ? Optional.of(item) : walk.dialect().wrappedItem(walk.schema(), item, local);
            if (wrapped.isPresent()) {
                if (array == JsonTree.NONE) {
                    array = tree.make(JsonTree.Kind.ARRAY);
                }
                return walk.open(this, "", wrapped.get(), childType);
            }
            if (array != JsonTree.NONE) {
                throw refused("holds an element that is none of its items (expected: items only)");
            }
            onlyItem = walk.open(parent, label, item, itself);
            return onlyItem.open(local, childType);
        }

        @Override
        void adopt(OpenElement child, int value) throws InvalidBodyException {
            if (onlyItem != null) {
                onlyItem.adopt(child, value);
            } else {
                tree.append(array, value);
            }
        }

        @Override
        int close() throws InvalidBodyException {
            if (onlyItem != null) {
                return onlyItem.close();
            }
            if (array != JsonTree.NONE) {
                return array;
            }
            boolean unwrapped = walk.dialect().emptyIsNull() && !declared;
            boolean spaces = item instanceof Type.Scalar && !isEmpty() && unwrapped;
            if (spaces || !isBlank() || (unwrapped && itself.notNil())) {
                OpenElement only = walk.open(parent, label, item, itself);
                only.takeText(this);
                return only.close();
            }
            dropText();
            return tree.make(unwrapped ? JsonTree.Kind.NULL : JsonTree.Kind.ARRAY);
        }
    }
}
