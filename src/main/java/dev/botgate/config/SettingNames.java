package dev.botgate.config;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The names of all settings: as dotted paths, and as environment variables. */
final class SettingNames {
    /** What every variable of the gateway starts with. */
    static final String PREFIX = "BOTGATE_";

    /** Stands for a name that the operator chooses. */
    private static final String ANY = "<NAME>";

    private SettingNames() {}

    /** What to say of a key that is unknown at {@code path}: what it was most likely meant to be. */
    static String hint(SettingShape.Group root, String path, String unknown, List<String> here) {
        return NearestName.within(unknown, here)
                .map(name -> below(path, name))
                .or(() -> elsewhere(root, unknown))
                .map(name -> "did you mean " + name + "?")
                .orElseGet(() -> "expected one of " + String.join(", ", here));
    }

    private static Optional<String> elsewhere(SettingShape.Group root, String unknown) {
        return paths(root, "")
                .filter(path -> NearestName.distance(unknown, path.substring(path.lastIndexOf('.') + 1)) <= 1)
                .findFirst();
    }

    /** Every setting's dotted path, in the order of the records. */
    static Stream<String> paths(SettingShape shape, String path) {
        if (shape instanceof SettingShape.Group group) {
            return group.keys().stream().flatMap(key -> paths(key.shape(), below(path, key.name())));
        }
        return shape instanceof SettingShape.Named named ? paths(named.of(), path + "." + ANY) : Stream.of(path);
    }

    /** The path of {@code name} in the group at {@code path}. */
    static String below(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /** The variable that sets {@code path}. */
    static String variable(String path) {
        return PREFIX + path.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }
}
