package dev.botgate.config;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The settings in environment variables. The name is {@code BOTGATE_} and the path in capitals, with {@code _} for dots and
 * hyphens; names that the operator chooses likewise ({@code MY_BOT} means {@code my-bot}).
 *
 * <p>The text of a variable is taken literally, without YAML's quotes and comments, since a password may contain any character;
 * {@code null} and the empty text mean null. Lists are written as in YAML: {@code [a, b]}.
 */
final class EnvironmentVariables {
    /** The variables that Kubernetes sets for a service named botgate or botgate-something. */
    private static final Pattern SERVICE_LINK =
            Pattern.compile("BOTGATE_(\\w+_)?(SERVICE_HOST|SERVICE_PORT(_\\w+)?|PORT_\\d+_(TCP|UDP|SCTP)(_\\w+)?)");

    private static final Pattern SERVICE_ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");

    private final SettingShape.Group root;
    private final List<ConfigurationException.Problem> problems;

    EnvironmentVariables(SettingShape.Group root, List<ConfigurationException.Problem> problems) {
        this.root = root;
        this.problems = problems;
    }

    /** {@code lower}, overridden by the variables of {@code environment}. Other programs' variables are ignored. */
    WrittenValue.Entries over(WrittenValue.Entries lower, Map<String, String> environment) {
        WrittenValue.Entries result = lower;
        for (Map.Entry<String, String> variable : new TreeMap<>(environment).entrySet()) {
            if (variable.getKey().startsWith(SettingNames.PREFIX) && !isServiceLink(variable)) {
                result = over(result, variable.getKey(), variable.getValue());
            }
        }
        return result;
    }

    private WrittenValue.Entries over(WrittenValue.Entries lower, String name, String text) {
        int before = problems.size();
        Variable variable = new Variable(SettingLocation.of(name), text);
        Optional<WrittenValue> set = tree(root, name.substring(SettingNames.PREFIX.length()), variable);
        if (set.isEmpty() && problems.size() == before) {
            String hint = NearestName.of(
                            name,
                            SettingNames.paths(root, "")
                                    .map(SettingNames::variable)
                                    .toList())
                    .map(nearest -> "; did you mean " + nearest + "?")
                    .orElse("");
            problems.add(new ConfigurationException.Problem(variable.location(), "no such setting" + hint));
        }
        return set.map(entries -> lower.under((WrittenValue.Entries) entries, root))
                .orElse(lower);
    }

    private static boolean isServiceLink(Map.Entry<String, String> variable) {
        return SERVICE_LINK.matcher(variable.getKey()).matches()
                || (variable.getKey().endsWith("_PORT")
                        && SERVICE_ADDRESS.matcher(variable.getValue()).matches());
    }

    private record Variable(SettingLocation location, String text) {
        WrittenValue under(String name, WrittenValue value) {
            return new WrittenValue.Entries(location, Map.of(name, value));
        }
    }

    /** The maps around the value of {@code variable}, whose name below {@code shape} is {@code rest}; empty without such a setting. */
    private Optional<WrittenValue> tree(SettingShape shape, String rest, Variable variable) {
        if (shape instanceof SettingShape.Group group) {
            return group.keys().stream()
                    .flatMap(key -> {
                        String segment = SettingNames.segment(key.name());
                        Optional<WrittenValue> value = rest.equals(segment)
                                ? value(key.shape(), variable)
                                : rest.startsWith(segment + "_")
                                        ? tree(key.shape(), rest.substring(segment.length() + 1), variable)
                                        : Optional.empty();
                        return value.map(found -> variable.under(key.name(), found)).stream();
                    })
                    .findFirst();
        }
        if (!(shape instanceof SettingShape.Named named)) {
            return Optional.empty();
        }
        if (!(named.of() instanceof SettingShape.Group)) {
            return value(named.of(), variable).map(found -> variable.under(chosenName(rest), found));
        }
        // The shortest name first, so that the longest key wins.
        return IntStream.range(1, rest.length())
                .filter(at -> rest.charAt(at) == '_')
                .boxed()
                .flatMap(at -> tree(named.of(), rest.substring(at + 1), variable).stream()
                        .map(found -> variable.under(chosenName(rest.substring(0, at)), found)))
                .findFirst();
    }

    private Optional<WrittenValue> value(SettingShape shape, Variable variable) {
        boolean list = shape instanceof SettingShape.Many;
        if (!list && !(shape instanceof SettingShape.Single)) {
            return Optional.empty();
        }
        SettingLocation location = variable.location();
        if (variable.text().isEmpty() || variable.text().equals("null")) {
            return Optional.of(new WrittenValue.Nothing(location));
        }
        return list
                ? YamlText.parse(location.source(), variable.text(), problems)
                : Optional.of(new WrittenValue.Text(location, variable.text(), false));
    }

    private static String chosenName(String segment) {
        return segment.toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
