package dev.botgate.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Values to records, by the names and types of their components.
 *
 * <p>Goes on behind a problem, so that one run finds them all: a default stands in for what has one.
 */
final class Binder {
    private final SettingShape.Group root;
    private final List<ConfigurationProblem> problems;

    Binder(SettingShape.Group root, List<ConfigurationProblem> problems) {
        this.root = root;
        this.problems = problems;
    }

    /** The record, when there is no problem with it. {@code defaults} is null while the defaults themselves are bound. */
    Optional<Object> bind(WrittenValue.Entries entries, @Nullable Object defaults) {
        BindingResult bound = group(root, "", entries, defaults);
        return bound.sound() ? Optional.ofNullable(bound.value()) : Optional.empty();
    }

    private BindingResult bind(
            SettingShape shape, String path, WrittenValue value, SettingLocation place, @Nullable Object fallback) {
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
            Optional<Object> read = single.scalar().reading().apply(text.text());
            if (read.isPresent()) {
                return BindingResult.written(read.get());
            }
        }
        problem(place, path + ": " + shown(path, value) + " (expected: " + expected(shape) + ")");
        return BindingResult.nothing().or(fallback);
    }

    private BindingResult group(
            SettingShape.Group group, String path, WrittenValue.Entries entries, @Nullable Object fallback) {
        boolean known = reportUnknown(group, path, entries);
        Map<String, BindingResult> arguments = new LinkedHashMap<>();
        for (SettingShape.Key key : group.keys()) {
            Object standIn = fallback == null ? null : key.of(fallback);
            arguments.put(key.name(), component(key, SettingNames.below(path, key.name()), entries, standIn));
        }
        boolean sound = known && arguments.values().stream().allMatch(BindingResult::sound);
        return arguments.values().stream().allMatch(BindingResult::usable)
                ? new Construction(group, path, entries, fallback, arguments, problems).construct(sound)
                : BindingResult.nothing().or(fallback);
    }

    private BindingResult component(
            SettingShape.Key key, String path, WrittenValue.Entries entries, @Nullable Object fallback) {
        WrittenValue value = entries.entries().get(key.name());
        if (value == null && !key.nullable()) {
            problem(entries.place(), path + ": missing (expected: " + expected(key.shape()) + ")");
            return BindingResult.nothing().or(fallback);
        }
        if (value == null || (key.nullable() && value instanceof WrittenValue.Nothing)) {
            return BindingResult.written(null);
        }
        SettingLocation place = value.place().packaged() ? entries.place() : value.place();
        BindingResult bound = bind(key.shape(), path, value, place, fallback);
        return bound.usable() || !key.nullable() ? bound : new BindingResult(null, false, true);
    }

    private BindingResult named(
            SettingShape.Named named, String path, WrittenValue.Entries entries, @Nullable Object fallback) {
        Map<?, ?> others = fallback instanceof Map<?, ?> map ? map : Map.of();
        Object anyOther = others.values().stream().findFirst().orElse(null);
        Map<String, Object> values = new LinkedHashMap<>();
        boolean sound = true;
        for (Map.Entry<String, WrittenValue> entry : entries.entries().entrySet()) {
            if (entry.getValue() instanceof WrittenValue.Nothing) {
                continue;
            }
            SettingLocation place = entry.getValue().place();
            BindingResult bound = bind(
                            named.of(), SettingNames.below(path, entry.getKey()), entry.getValue(), place, null)
                    .or(anyOther);
            sound &= bound.sound();
            if (bound.value() != null) {
                values.put(entry.getKey(), bound.value());
            }
        }
        return BindingResult.of(values, sound);
    }

    private BindingResult many(
            SettingShape.Many many, String path, WrittenValue.Items items, @Nullable Object fallback) {
        List<Object> values = new ArrayList<>();
        boolean sound = true;
        for (WrittenValue item : items.items()) {
            BindingResult bound = bind(many.of(), path + "[" + values.size() + "]", item, item.place(), null);
            sound &= bound.sound();
            if (bound.value() != null) {
                values.add(bound.value());
            }
        }
        return sound ? BindingResult.written(values) : BindingResult.nothing().or(fallback);
    }

    private boolean reportUnknown(SettingShape.Group group, String path, WrittenValue.Entries entries) {
        List<String> known = group.keys().stream().map(SettingShape.Key::name).toList();
        boolean clean = true;
        for (Map.Entry<String, WrittenValue> entry : entries.entries().entrySet()) {
            if (!known.contains(entry.getKey())) {
                String hint = SettingNames.hint(root, path, entry.getKey(), known);
                problem(
                        entry.getValue().place(),
                        SettingNames.below(path, entry.getKey()) + ": no such setting; " + hint);
                clean = false;
            }
        }
        return clean;
    }

    private void problem(SettingLocation place, String message) {
        problems.add(ConfigurationProblem.at(place, message));
    }

    private static String shown(String path, WrittenValue value) {
        // A URL may hold a user's password.
        boolean withheld = value instanceof WrittenValue.Text text
                && (Secrets.named(path) || text.text().matches("(?s).*://.*@.*"));
        return withheld ? "(withheld)" : value.described();
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
