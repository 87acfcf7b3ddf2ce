package dev.botgate.testing;

import dev.botgate.config.Configuration;
import dev.botgate.config.ConfigurationReader;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The packaged settings, of which a test changes what it is about. */
public final class TestSettings {
    /** What is packaged, without any file or environment. */
    public static final Configuration PACKAGED =
            new ConfigurationReader(Map.of(), Path.of("target")).read(null).configuration();

    private TestSettings() {}

    /**
     * {@code settings} with other values.
     *
     * @param namesAndValues a component's name and its value, and so on in turn
     * @throws IllegalArgumentException when {@code settings} has no component of a name, or refuses a value
     */
    public static <T extends Record> T with(T settings, Object... namesAndValues) {
        Map<Object, Object> changes = new HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            changes.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        RecordComponent[] components = settings.getClass().getRecordComponents();
        Object[] values = Arrays.stream(components)
                .map(component -> changes.containsKey(component.getName())
                        ? changes.remove(component.getName())
                        : valueOf(component, settings))
                .toArray();
        if (!changes.isEmpty()) {
            throw new IllegalArgumentException(settings.getClass() + " has no " + changes.keySet());
        }
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            @SuppressWarnings("unchecked")
            Constructor<T> constructor = (Constructor<T>) settings.getClass().getDeclaredConstructor(types);
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException refused) {
                throw refused;
            }
            throw new IllegalStateException(e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Object valueOf(RecordComponent component, Record settings) {
        try {
            return component.getAccessor().invoke(settings);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
