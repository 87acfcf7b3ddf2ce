package dev.botgate.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The settings that the environment holds: {@code BOTGATE_} and the path in capitals, with {@code _} for dots and hyphens;
 * a name that the operator chose likewise ({@code MY_BOT} means {@code my-bot}).
 *
 * <p>A variable's text is the setting's text as it stands, without YAML's quotes and comments, since a password may hold
 * any character; {@code null}, or nothing, means null. Lists are written as in YAML: {@code [a, b]}.
 */
final class EnvironmentVariables {
    /** What Kubernetes sets for a service that is called botgate or botgate-something. */
    private static final Pattern SERVICE_LINK =
            Pattern.compile("BOTGATE_(\\w+_)?(SERVICE_HOST|SERVICE_PORT(_\\w+)?|PORT_\\d+_(TCP|UDP|SCTP)(_\\w+)?)");

    private static final Pattern SERVICE_ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");

    private final SettingShape.Group root;
    private final List<ConfigurationProblem> problems;

    EnvironmentVariables(SettingShape.Group root, List<ConfigurationProblem> problems) {
        this.root = root;
        this.problems = problems;
    }

    /** {@code lower} with what the environment sets laid over it. Other programs' variables are not looked at. */
    WrittenValue.Entries over(WrittenValue.Entries lower, Map<String, String> environment) {
        WrittenValue.Entries result = lower;
        for (Map.Entry<String, String> variable : new TreeMap<>(environment).entrySet()) {
            if (variable.getKey().startsWith(SettingNames.PREFIX) && !serviceLink(variable)) {
                result = over(result, variable.getKey(), variable.getValue());
            }
        }
        return result;
    }

    private WrittenValue.Entries over(WrittenValue.Entries lower, String name, String text) {
        Optional<Target> target = find(root, name.substring(SettingNames.PREFIX.length()));
        if (target.isEmpty()) {
            Optional<String> nearest = NearestName.of(
                    name,
                    SettingNames.paths(root, "").map(SettingNames::variable).toList());
            problems.add(ConfigurationProblem.at(
                    SettingLocation.of(name),
                    "no such setting"
                            + nearest.map(n -> "; did you mean " + n + "?").orElse("")));
            return lower;
        }
        return target.get()
                .value(name, text, problems)
                .map(set -> lower.under(set, root))
                .orElse(lower);
    }

    private static boolean serviceLink(Map.Entry<String, String> variable) {
        return SERVICE_LINK.matcher(variable.getKey()).matches()
                || (variable.getKey().endsWith("_PORT")
                        && SERVICE_ADDRESS.matcher(variable.getValue()).matches());
    }

    private static Optional<Target> find(SettingShape.Group group, String rest) {
        return group.keys().stream()
                .flatMap(key -> {
                    String segment = key.name().toUpperCase(Locale.ROOT).replace('-', '_');
                    Stream<Target> found = rest.equals(segment)
                            ? whole(key.shape()).stream()
                            : rest.startsWith(segment + "_")
                                    ? inside(key.shape(), rest.substring(segment.length() + 1)).stream()
                                    : Stream.empty();
                    return found.map(target -> target.under(key.name()));
                })
                .findFirst();
    }

    private static Optional<Target> whole(SettingShape shape) {
        boolean settable = shape instanceof SettingShape.Single || shape instanceof SettingShape.Many;
        return settable ? Optional.of(new Target(List.of(), shape)) : Optional.empty();
    }

    private static Optional<Target> inside(SettingShape shape, String rest) {
        if (shape instanceof SettingShape.Group group) {
            return find(group, rest);
        }
        return shape instanceof SettingShape.Named named ? named(named, rest) : Optional.empty();
    }

    private static Optional<Target> named(SettingShape.Named named, String rest) {
        if (named.of() instanceof SettingShape.Group group) {
            // The shortest name first, so that the longest key wins.
            return Stream.iterate(rest.indexOf('_'), at -> at > 0, at -> rest.indexOf('_', at + 1))
                    .flatMap(at ->
                            find(group, rest.substring(at + 1)).map(target -> target.under(name(rest, at))).stream())
                    .findFirst();
        }
        return whole(named.of()).map(target -> target.under(name(rest, rest.length())));
    }

    private static String name(String rest, int end) {
        return rest.substring(0, end).toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * What a variable sets.
     *
     * @param keys the path, outermost first
     */
    private record Target(List<String> keys, SettingShape shape) {
        Target under(String key) {
            List<String> longer = new ArrayList<>(List.of(key));
            longer.addAll(keys);
            return new Target(List.copyOf(longer), shape);
        }

        /** The whole tree that holds {@code text} at the end of the path and nothing else. */
        Optional<WrittenValue.Entries> value(String variable, String text, List<ConfigurationProblem> problems) {
            SettingLocation place = SettingLocation.of(variable);
            return leaf(place, text, problems).map(leaf -> {
                WrittenValue.Entries entries = new WrittenValue.Entries(place, Map.of(keys.get(keys.size() - 1), leaf));
                for (int i = keys.size() - 2; i >= 0; i--) {
                    entries = new WrittenValue.Entries(place, Map.of(keys.get(i), entries));
                }
                return entries;
            });
        }

        private Optional<WrittenValue> leaf(SettingLocation place, String text, List<ConfigurationProblem> problems) {
            if (text.isEmpty() || text.equals("null")) {
                return Optional.of(new WrittenValue.Nothing(place));
            }
            return shape instanceof SettingShape.Single
                    ? Optional.of(new WrittenValue.Text(place, text, false))
                    : YamlText.read(place.source(), text, problems);
        }
    }
}
