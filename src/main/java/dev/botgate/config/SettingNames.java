package dev.botgate.config;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The names of all settings: dotted paths and environment variables; and which of them are secrets. */
final class SettingNames {
    /** The beginning of every variable of the gateway. */
    static final String PREFIX = "BOTGATE_";

    /** Stands for a name that the operator chooses. */
    private static final String ANY = "<NAME>";

    private static final Pattern SECRETS =
            Pattern.compile("(?<![a-z])(passw|secret|key|token|credential)", Pattern.CASE_INSENSITIVE);

    private SettingNames() {}

    /** Whether {@code text}, the path of a setting or a line of a file, names a secret, which must not be shown. */
    static boolean isSecret(String text) {
        return SECRETS.matcher(text).find();
    }

    /** The hint for a key that is unknown at {@code path}: the known key that is nearest, or the keys {@code here}. */
    static String hint(SettingShape.Group root, String path, String unknown, List<String> here) {
        return NearestName.within(unknown, here)
                .map(name -> below(path, name))
                .or(() -> elsewhere(root, unknown))
                .map(name -> "did you mean " + name + "?")
                .orElseGet(() -> "expected one of " + String.join(", ", here));
    }

    private static Optional<String> elsewhere(SettingShape.Group root, String unknown) {
        return Stream.concat(groups(root, ""), paths(root, ""))
                .filter(path -> NearestName.distance(unknown, path.substring(path.lastIndexOf('.') + 1)) <= 1)
                .findFirst();
    }

    /** The dotted path of every group whose name is fixed. */
    private static Stream<String> groups(SettingShape.Group group, String path) {
        return group.keys().stream()
                .filter(key -> key.shape() instanceof SettingShape.Group)
                .flatMap(key -> {
                    String below = below(path, key.name());
                    return Stream.concat(Stream.of(below), groups((SettingShape.Group) key.shape(), below));
                });
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
        return PREFIX + segment(path.replace('.', '_'));
    }

    /** The part of a variable's name that stands for {@code key}. */
    static String segment(String key) {
        return key.toUpperCase(Locale.ROOT).replace('-', '_');
    }
}
