package dev.botgate.config;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Binds written values to records by the names and types of their components.
 *
 * <p>After a problem it goes on with the default in place of the value, so that one run reports every problem. A check that
 * compares two settings may then compare one with a default.
 */
final class Binder {
    /** Stands for a value that cannot be bound and has no default. */
    private static final Object NONE = new Object();

    private final SettingShape.Group root;
    private final List<ConfigurationException.Problem> problems;

    Binder(SettingShape.Group root, List<ConfigurationException.Problem> problems) {
        this.root = root;
        this.problems = problems;
    }

    /** The record; empty when there is any problem. {@code defaults} is null while the defaults themselves are bound. */
    Optional<Object> bind(WrittenValue.Entries entries, @Nullable Object defaults) {
        Object bound = group(root, "", entries, defaults == null ? NONE : defaults);
        return problems.isEmpty() ? Optional.of(bound) : Optional.empty();
    }

    private Object bind(
            SettingShape shape, String path, WrittenValue value, SettingLocation location, Object fallback) {
        if (shape instanceof SettingShape.Group group && value instanceof WrittenValue.Entries entries) {
            return group(group, path, entries, fallback);
        }
        if (shape instanceof SettingShape.Named named && value instanceof WrittenValue.Entries entries) {
            return named(named, path, entries, fallback);
        }
        if (shape instanceof SettingShape.Many many && value instanceof WrittenValue.Items items) {
            return many(many, path, items, fallback);
        }
        if (shape instanceof SettingShape.Single single && value instanceof WrittenValue.Text text) {
            Optional<Object> parsed = single.scalar().parser().apply(text.text());
            if (parsed.isPresent()) {
                return parsed.get();
            }
        }
        report(location, path + ": " + shown(path, value) + " (expected: " + expected(shape) + ")");
        return fallback;
    }

    private Object group(SettingShape.Group group, String path, WrittenValue.Entries entries, Object fallback) {
        reportUnknown(group, path, entries);
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (SettingShape.Key key : group.keys()) {
            values.put(key.name(), component(key, SettingNames.below(path, key.name()), entries, fallback));
        }
        if (values.containsValue(NONE)) {
            return fallback;
        }
        Set<String> reported = new HashSet<>();
        while (true) {
            try {
                return construct(group.type(), values.values().toArray());
            } catch (IllegalArgumentException refused) {
                String message = String.valueOf(refused.getMessage());
                if (!replaceRefused(group, path, entries, fallback, values, message, reported)) {
                    return fallback;
                }
            }
        }
    }

    private @Nullable Object component(
            SettingShape.Key key, String path, WrittenValue.Entries entries, Object defaults) {
        Object fallback = defaults == NONE ? NONE : key.of(defaults);
        WrittenValue value = entries.entries().get(key.name());
        if (value == null && !key.nullable()) {
            report(entries.location(), path + ": missing (expected: " + expected(key.shape()) + ")");
            return fallback;
        }
        if (value == null || (key.nullable() && value instanceof WrittenValue.Nothing)) {
            return null;
        }
        Object bound = bind(key.shape(), path, value, locationOf(value, entries), fallback == null ? NONE : fallback);
        return bound == NONE && key.nullable() ? null : bound;
    }

    private Map<String, Object> named(
            SettingShape.Named named, String path, WrittenValue.Entries entries, Object fallback) {
        Object other = fallback instanceof Map<?, ?> map
                ? map.values().stream().findFirst().map(Object.class::cast).orElse(NONE)
                : NONE;
        Map<String, Object> values = new LinkedHashMap<>();
        entries.entries().forEach((name, value) -> {
            if (!(value instanceof WrittenValue.Nothing)) {
                Object bound = bind(named.of(), SettingNames.below(path, name), value, value.location(), NONE);
                Object usable = bound == NONE ? other : bound;
                if (usable != NONE) {
                    values.put(name, usable);
                }
            }
        });
        return values;
    }

    private Object many(SettingShape.Many many, String path, WrittenValue.Items items, Object fallback) {
        int before = problems.size();
        List<Object> values = new ArrayList<>();
        for (WrittenValue item : items.items()) {
            Object bound = bind(many.of(), path + "[" + values.size() + "]", item, item.location(), NONE);
            values.add(bound);
        }
        return problems.size() == before ? values : fallback;
    }

    private void reportUnknown(SettingShape.Group group, String path, WrittenValue.Entries entries) {
        List<String> known = group.keys().stream().map(SettingShape.Key::name).toList();
        entries.entries().forEach((name, value) -> {
            if (!known.contains(name)) {
                report(
                        value.location(),
                        SettingNames.below(path, name) + ": no such setting; "
                                + SettingNames.hint(root, path, name, known));
            }
        });
    }

    /**
     * Reports the setting that a record's constructor refused, and replaces it in {@code values} by its default.
     *
     * @return whether there was something to replace, so that the next try finds the next problem
     */
    private boolean replaceRefused(
            SettingShape.Group group,
            String path,
            WrittenValue.Entries entries,
            Object fallback,
            Map<String, @Nullable Object> values,
            String message,
            Set<String> reported) {
        String name = message.substring(0, Math.max(0, message.indexOf(": ")));
        Optional<SettingShape.Key> key = group.key(name);
        if (key.isEmpty()) {
            report(entries.location(), path.isEmpty() ? message : path + ": " + message);
            return false;
        }
        WrittenValue value = entries.entries().get(name);
        if (key.get().shape() instanceof SettingShape.Named && value instanceof WrittenValue.Entries written) {
            // The check is of the entry that the message shows, as in "connectors: v3 (expected...".
            Map<?, ?> names = values.get(name) instanceof Map<?, ?> map ? new LinkedHashMap<>(map) : Map.of();
            Optional<String> refused = written.entries().keySet().stream()
                    .filter(entry -> message.startsWith(name + ": " + entry + " (") && names.containsKey(entry))
                    .findFirst();
            WrittenValue at = refused.map(written.entries()::get).orElse(written);
            report(locationOf(at, entries), SettingNames.below(path, message));
            refused.ifPresent(names::remove);
            values.put(name, names);
            return refused.isPresent();
        }
        if (reported.add(name)) {
            report(locationOf(value, entries), SettingNames.below(path, withoutSecret(name, message)));
        }
        if (fallback == NONE || !isSingle(key.get())) {
            return false;
        }
        // A default that is refused was compared with a list or map.
        return putDefault(key.get(), fallback, values)
                || group.keys().stream()
                        .filter(other -> !isSingle(other))
                        .anyMatch(other -> putDefault(other, fallback, values));
    }

    /** Whether the value was not the default yet. */
    private static boolean putDefault(SettingShape.Key key, Object defaults, Map<String, @Nullable Object> values) {
        Object value = key.of(defaults);
        return !Objects.equals(values.put(key.name(), value), value);
    }

    private static boolean isSingle(SettingShape.Key key) {
        return key.shape() instanceof SettingShape.Single;
    }

    private static Object construct(Class<?> type, @Nullable Object[] components) {
        Class<?>[] types = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            return type.getDeclaredConstructor(types).newInstance(components);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException refused) {
                throw refused;
            }
            throw new IllegalStateException("The checks of " + type.getSimpleName() + " failed", e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Cannot construct " + type.getName(), e);
        }
    }

    /** Where to look for a value; a packaged default that became wrong, at the group that the operator wrote. */
    private static SettingLocation locationOf(@Nullable WrittenValue value, WrittenValue.Entries group) {
        return value == null || value.location().isPackaged() ? group.location() : value.location();
    }

    private void report(SettingLocation location, String message) {
        problems.add(new ConfigurationException.Problem(location, message));
    }

    private static String shown(String path, WrittenValue value) {
        // A URL may contain a password.
        boolean secret = value instanceof WrittenValue.Text text
                && (SettingNames.isSecret(path) || text.text().matches("(?s).*://.*@.*"));
        return secret ? "(withheld)" : value.description();
    }

    private static String withoutSecret(String name, String message) {
        int expected = message.indexOf(" (expected");
        return SettingNames.isSecret(name)
                ? name + ": (withheld)" + (expected < 0 ? "" : message.substring(expected))
                : message;
    }

    private static String expected(SettingShape shape) {
        if (shape instanceof SettingShape.Single single) {
            return single.scalar().expected();
        }
        if (shape instanceof SettingShape.Group group) {
            return "a map of "
                    + String.join(
                            ", ",
                            group.keys().stream().map(SettingShape.Key::name).toList());
        }
        return shape instanceof SettingShape.Named ? "a map of names" : "a list";
    }
}
