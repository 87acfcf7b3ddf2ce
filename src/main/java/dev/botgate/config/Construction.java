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
    private final SettingShape.Group group;
    private final String path;
    private final WrittenValue.Entries entries;
    private final @Nullable Object fallback;
    private final Map<String, BindingResult> arguments;
    private final List<ConfigurationProblem> problems;
    private final Set<String> reported = new HashSet<>();

    Construction(
            SettingShape.Group group,
            String path,
            WrittenValue.Entries entries,
            @Nullable Object fallback,
            Map<String, BindingResult> arguments,
            List<ConfigurationProblem> problems) {
        this.group = group;
        this.path = path;
        this.entries = entries;
        this.fallback = fallback;
        this.arguments = arguments;
        this.problems = problems;
    }

    BindingResult construct(boolean sound) {
        boolean clean = sound;
        while (true) {
            try {
                Stream<@Nullable Object> values = group.keys().stream().map(key -> value(key.name()));
                return BindingResult.of(Records.construct(group.type(), values.toArray()), clean);
            } catch (IllegalArgumentException e) {
                clean = false;
                if (!replaced(String.valueOf(e.getMessage()))) {
                    return BindingResult.nothing().or(fallback);
                }
            }
        }
    }

    private @Nullable Object value(String key) {
        BindingResult bound = arguments.get(key);
        return bound == null ? null : bound.value();
    }

    /** Reports what the constructor said, and puts a default in the place of what it refused. */
    private boolean replaced(String message) {
        int colon = message.indexOf(": ");
        String name = colon < 0 ? "" : message.substring(0, colon);
        Optional<SettingShape.Key> named = group.key(name);
        if (named.isEmpty()) {
            problem(entries.place(), path.isEmpty() ? message : path + ": " + message);
            return false;
        }
        WrittenValue value = entries.entries().get(name);
        if (named.get().shape() instanceof SettingShape.Named && value instanceof WrittenValue.Entries written) {
            return withoutEntry(name, message, written);
        }
        SettingLocation place = value == null || value.place().packaged() ? entries.place() : value.place();
        if (reported.add(name)) {
            problem(place, SettingNames.below(path, Secrets.named(name) ? withheld(message, colon) : message));
        }
        return standIn(named.get());
    }

    private boolean standIn(SettingShape.Key key) {
        if (fallback == null || !(key.shape() instanceof SettingShape.Single)) {
            return false;
        }
        return defaulted(key)
                || group.keys().stream()
                        .filter(other -> !(other.shape() instanceof SettingShape.Single))
                        .anyMatch(this::defaulted);
    }

    /** Puts the default in the place of {@code key}'s value, unless it is there already. */
    private boolean defaulted(SettingShape.Key key) {
        Object standIn = fallback == null ? null : key.of(fallback);
        if (Objects.equals(value(key.name()), standIn)) {
            return false;
        }
        arguments.put(key.name(), new BindingResult(standIn, false, true));
        return true;
    }

    /** A check of a map's names is of the entry that its message shows, as in {@code connectors: v3 (expected...}. */
    private boolean withoutEntry(String name, String message, WrittenValue.Entries written) {
        Map<Object, Object> remaining = value(name) instanceof Map<?, ?> map ? new LinkedHashMap<>(map) : Map.of();
        Optional<String> offender = written.entries().keySet().stream()
                .filter(entry -> message.startsWith(name + ": " + entry + " (") && remaining.containsKey(entry))
                .findFirst();
        WrittenValue at = offender.map(written.entries()::get).orElse(written);
        problem(at.place().packaged() ? entries.place() : at.place(), SettingNames.below(path, message));
        if (offender.isEmpty()) {
            return false;
        }
        remaining.remove(offender.get());
        arguments.put(name, BindingResult.standIn(remaining));
        return true;
    }

    private static String withheld(String message, int colon) {
        int expected = message.indexOf(" (expected");
        return message.substring(0, colon) + ": (withheld)" + (expected < 0 ? "" : message.substring(expected));
    }

    private void problem(SettingLocation place, String message) {
        problems.add(ConfigurationProblem.at(place, message));
    }
}
