package dev.botgate.config;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A record's constructor, asked until its checks pass or nothing can stand in for what they refuse.
 *
 * <p>Each refused setting is replaced by its default before the next try, so that every check gets to speak. A check that
 * compares two settings may then be made against a default.
 */
final class Construction {
    private final Shape.Group group;
    private final String path;
    private final Value.Entries entries;
    private final @Nullable Object fallback;
    private final Map<String, Bound> arguments;
    private final List<Problem> problems;
    private final Set<String> reported = new HashSet<>();

    Construction(
            Shape.Group group,
            String path,
            Value.Entries entries,
            @Nullable Object fallback,
            Map<String, Bound> arguments,
            List<Problem> problems) {
        this.group = group;
        this.path = path;
        this.entries = entries;
        this.fallback = fallback;
        this.arguments = arguments;
        this.problems = problems;
    }

    Bound construct(boolean sound) {
        boolean clean = sound;
        while (true) {
            try {
                Stream<@Nullable Object> values = group.keys().stream().map(key -> value(key.name()));
                return Bound.of(Records.construct(group.type(), values.toArray()), clean);
            } catch (IllegalArgumentException e) {
                clean = false;
                if (!replaced(String.valueOf(e.getMessage()))) {
                    return Bound.nothing().or(fallback);
                }
            }
        }
    }

    private @Nullable Object value(String key) {
        Bound bound = arguments.get(key);
        return bound == null ? null : bound.value();
    }

    /** Reports what the constructor said, and puts a default in the place of what it refused. */
    private boolean replaced(String message) {
        int colon = message.indexOf(": ");
        String name = colon < 0 ? "" : message.substring(0, colon);
        Optional<Shape.Key> named = group.key(name);
        if (named.isEmpty()) {
            problem(entries.place(), path.isEmpty() ? message : path + ": " + message);
            return false;
        }
        Value value = entries.entries().get(name);
        if (named.get().shape() instanceof Shape.Named && value instanceof Value.Entries written) {
            return withoutEntry(name, message, written);
        }
        Place place = value == null || value.place().packaged() ? entries.place() : value.place();
        if (reported.add(name)) {
            problem(place, SettingNames.below(path, Secrets.named(name) ? withheld(message, colon) : message));
        }
        return standIn(named.get());
    }

    private boolean standIn(Shape.Key key) {
        if (fallback == null || !(key.shape() instanceof Shape.Single)) {
            return false;
        }
        return defaulted(key)
                || group.keys().stream()
                        .filter(other -> !(other.shape() instanceof Shape.Single))
                        .anyMatch(this::defaulted);
    }

    /** Puts the default in the place of {@code key}'s value, unless it is there already. */
    private boolean defaulted(Shape.Key key) {
        Object standIn = fallback == null ? null : key.of(fallback);
        if (Objects.equals(value(key.name()), standIn)) {
            return false;
        }
        arguments.put(key.name(), new Bound(standIn, false, true));
        return true;
    }

    /** A check of a map's names is of the entry that its message shows, as in {@code connectors: v3 (expected...}. */
    private boolean withoutEntry(String name, String message, Value.Entries written) {
        Map<Object, Object> remaining = value(name) instanceof Map<?, ?> map ? new LinkedHashMap<>(map) : Map.of();
        Optional<String> offender = written.entries().keySet().stream()
                .filter(entry -> message.startsWith(name + ": " + entry + " (") && remaining.containsKey(entry))
                .findFirst();
        Value at = offender.map(written.entries()::get).orElse(written);
        problem(at.place().packaged() ? entries.place() : at.place(), SettingNames.below(path, message));
        if (offender.isEmpty()) {
            return false;
        }
        remaining.remove(offender.get());
        arguments.put(name, Bound.standIn(remaining));
        return true;
    }

    private static String withheld(String message, int colon) {
        int expected = message.indexOf(" (expected");
        return message.substring(0, colon) + ": (withheld)" + (expected < 0 ? "" : message.substring(expected));
    }

    private void problem(Place place, String message) {
        problems.add(Problem.at(place, message));
    }
}
