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
    private final Shape.Group root;
    private final List<Problem> problems;

    Binder(Shape.Group root, List<Problem> problems) {
        this.root = root;
        this.problems = problems;
    }

    /** The record, when there is no problem with it. {@code defaults} is null while the defaults themselves are bound. */
    Optional<Object> bind(Value.Entries entries, @Nullable Object defaults) {
        Bound bound = group(root, "", entries, defaults);
        return bound.sound() ? Optional.ofNullable(bound.value()) : Optional.empty();
    }

    private Bound bind(Shape shape, String path, Value value, Place place, @Nullable Object fallback) {
        if (shape instanceof Shape.Group group && value instanceof Value.Entries entries) {
            return group(group, path, entries, fallback);
        }
        if (shape instanceof Shape.Named named && value instanceof Value.Entries entries) {
            return named(named, path, entries, fallback);
        }
        if (shape instanceof Shape.Many many && value instanceof Value.Items items) {
            return many(many, path, items, fallback);
        }
        if (shape instanceof Shape.Single single && value instanceof Value.Text text) {
            Optional<Object> read = single.scalar().reading().apply(text.text());
            if (read.isPresent()) {
                return Bound.written(read.get());
            }
        }
        problem(place, path + ": " + shown(path, value) + " (expected: " + expected(shape) + ")");
        return Bound.nothing().or(fallback);
    }

    private Bound group(Shape.Group group, String path, Value.Entries entries, @Nullable Object fallback) {
        boolean known = reportUnknown(group, path, entries);
        Map<String, Bound> arguments = new LinkedHashMap<>();
        for (Shape.Key key : group.keys()) {
            Object standIn = fallback == null ? null : key.of(fallback);
            arguments.put(key.name(), component(key, SettingNames.below(path, key.name()), entries, standIn));
        }
        boolean sound = known && arguments.values().stream().allMatch(Bound::sound);
        return arguments.values().stream().allMatch(Bound::usable)
                ? new Construction(group, path, entries, fallback, arguments, problems).construct(sound)
                : Bound.nothing().or(fallback);
    }

    private Bound component(Shape.Key key, String path, Value.Entries entries, @Nullable Object fallback) {
        Value value = entries.entries().get(key.name());
        if (value == null && !key.nullable()) {
            problem(entries.place(), path + ": missing (expected: " + expected(key.shape()) + ")");
            return Bound.nothing().or(fallback);
        }
        if (value == null || (key.nullable() && value instanceof Value.Nothing)) {
            return Bound.written(null);
        }
        Place place = value.place().packaged() ? entries.place() : value.place();
        Bound bound = bind(key.shape(), path, value, place, fallback);
        return bound.usable() || !key.nullable() ? bound : new Bound(null, false, true);
    }

    private Bound named(Shape.Named named, String path, Value.Entries entries, @Nullable Object fallback) {
        Map<?, ?> others = fallback instanceof Map<?, ?> map ? map : Map.of();
        Object anyOther = others.values().stream().findFirst().orElse(null);
        Map<String, Object> values = new LinkedHashMap<>();
        boolean sound = true;
        for (Map.Entry<String, Value> entry : entries.entries().entrySet()) {
            if (entry.getValue() instanceof Value.Nothing) {
                continue;
            }
            Place place = entry.getValue().place();
            Bound bound = bind(named.of(), SettingNames.below(path, entry.getKey()), entry.getValue(), place, null)
                    .or(anyOther);
            sound &= bound.sound();
            if (bound.value() != null) {
                values.put(entry.getKey(), bound.value());
            }
        }
        return Bound.of(values, sound);
    }

    private Bound many(Shape.Many many, String path, Value.Items items, @Nullable Object fallback) {
        List<Object> values = new ArrayList<>();
        boolean sound = true;
        for (Value item : items.items()) {
            Bound bound = bind(many.of(), path + "[" + values.size() + "]", item, item.place(), null);
            sound &= bound.sound();
            if (bound.value() != null) {
                values.add(bound.value());
            }
        }
        return sound ? Bound.written(values) : Bound.nothing().or(fallback);
    }

    private boolean reportUnknown(Shape.Group group, String path, Value.Entries entries) {
        List<String> known = group.keys().stream().map(Shape.Key::name).toList();
        boolean clean = true;
        for (Map.Entry<String, Value> entry : entries.entries().entrySet()) {
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

    private void problem(Place place, String message) {
        problems.add(Problem.at(place, message));
    }

    private static String shown(String path, Value value) {
        // A URL may hold a user's password.
        boolean withheld = value instanceof Value.Text text
                && (Secrets.named(path) || text.text().matches("(?s).*://.*@.*"));
        return withheld ? "(withheld)" : value.described();
    }

    private static String expected(Shape shape) {
        if (shape instanceof Shape.Single single) {
            return single.scalar().expected();
        }
        if (shape instanceof Shape.Group group) {
            return "a map of "
                    + String.join(
                            ", ", group.keys().stream().map(Shape.Key::name).toList());
        }
        return shape instanceof Shape.Named ? "a map of names" : "a list";
    }
}
