package dev.botgate.config;

import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The structure of the settings, derived from the components of the records. */
sealed interface SettingShape {
    /** The shape of the value of {@code key} inside this one; empty when there is no such key. */
    default Optional<SettingShape> at(String key) {
        return Optional.empty();
    }

    /** Whether the value of {@code key} is a record that is always there. */
    default boolean isGroupAt(String key) {
        return false;
    }

    /** A record: named settings. */
    record Group(Class<?> type, List<Key> keys) implements SettingShape {
        Optional<Key> key(String name) {
            return keys.stream().filter(key -> key.name().equals(name)).findFirst();
        }

        @Override
        public Optional<SettingShape> at(String key) {
            return key(key).map(Key::shape);
        }

        @Override
        public boolean isGroupAt(String key) {
            return key(key).filter(found -> found.shape() instanceof Group && !found.nullable())
                    .isPresent();
        }
    }

    /** A {@code Map<String, ...>}: names that the operator chooses. */
    record Named(SettingShape of) implements SettingShape {
        @Override
        public Optional<SettingShape> at(String key) {
            return Optional.of(of);
        }
    }

    /** A {@code List<...>}. */
    record Many(SettingShape of) implements SettingShape {}

    /** One value, written as a scalar. */
    record Single(ScalarSetting scalar) implements SettingShape {}

    /**
     * One component of a record.
     *
     * @param name the component's name in kebab-case
     * @param nullable whether null is one of its values
     */
    record Key(String name, SettingShape shape, boolean nullable, Method accessor) {
        /** The component's value in {@code owner}. */
        @Nullable
        Object of(Object owner) {
            try {
                return accessor.invoke(owner);
            } catch (IllegalAccessException | InvocationTargetException e) {
                throw new IllegalStateException("No access to " + accessor, e);
            }
        }
    }

    /** The shape of a record. */
    static Group of(Class<?> type) {
        return new Group(
                type,
                Arrays.stream(type.getRecordComponents()).map(SettingShape::key).toList());
    }

    private static Key key(RecordComponent component) {
        AnnotatedType type = component.getAnnotatedType();
        return new Key(
                kebab(component.getName()),
                of(type, component.getName()),
                type.isAnnotationPresent(Nullable.class),
                component.getAccessor());
    }

    private static SettingShape of(AnnotatedType annotated, String component) {
        if (annotated instanceof AnnotatedParameterizedType parameterized) {
            AnnotatedType[] arguments = parameterized.getAnnotatedActualTypeArguments();
            boolean map = annotated.getType().getTypeName().startsWith(Map.class.getName() + "<");
            return map ? new Named(of(arguments[1], component)) : new Many(of(arguments[0], component));
        }
        Class<?> type = (Class<?>) annotated.getType();
        return type.isRecord() ? of(type) : new Single(ScalarSetting.of(type, component));
    }

    private static String kebab(String camel) {
        return camel.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }
}
