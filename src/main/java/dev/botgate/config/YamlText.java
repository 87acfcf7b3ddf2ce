package dev.botgate.config;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** Parses a YAML 1.2 document into {@link WrittenValue}s with their locations. Anchors, aliases and merge keys are resolved. */
final class YamlText {
    private final String source;
    private final List<ConfigurationException.Problem> problems;
    private final IdentityHashMap<Node, WrittenValue> converted = new IdentityHashMap<>();

    private YamlText(String source, List<ConfigurationException.Problem> problems) {
        this.source = source;
        this.problems = problems;
    }

    /** The document: {@code Nothing} when it is empty, and an empty result after adding to {@code problems} when it is not YAML. */
    static Optional<WrittenValue> parse(String source, String text, List<ConfigurationException.Problem> problems) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(source)
                .setSchema(new CoreSchema())
                .setAllowDuplicateKeys(true)
                .setAllowNonScalarKeys(true)
                .build();
        try {
            YamlText reading = new YamlText(source, problems);
            return new Compose(settings)
                    .composeString(text)
                    .map(root -> reading.value(root, reading.location(root)))
                    .or(() -> Optional.of(new WrittenValue.Nothing(new SettingLocation(source, 1, 1))));
        } catch (MarkedYamlEngineException e) {
            problems.add(notYaml(source, text, e));
        } catch (ReaderException e) {
            problems.add(new ConfigurationException.Problem(
                    locationAt(source, text, e.getPosition()), "a character that YAML does not allow"));
        } catch (YamlEngineException e) {
            problems.add(new ConfigurationException.Problem(
                    new SettingLocation(source, 1, 1), "not YAML: " + e.getMessage()));
        }
        return Optional.empty();
    }

    private WrittenValue value(Node node, SettingLocation location) {
        WrittenValue known = converted.get(node);
        if (known != null) {
            return known;
        }
        // A node inside itself finds this until its own value is known.
        converted.put(node, new WrittenValue.Nothing(location));
        WrittenValue value = convert(node, location);
        converted.put(node, value);
        return value;
    }

    private WrittenValue convert(Node node, SettingLocation location) {
        if (node.isRecursive()) {
            problems.add(new ConfigurationException.Problem(location, "an alias of a value that contains it"));
            return new WrittenValue.Nothing(location);
        }
        if (node instanceof MappingNode mapping) {
            return entries(mapping, location);
        }
        if (node instanceof SequenceNode sequence) {
            List<WrittenValue> items = new ArrayList<>();
            sequence.getValue().forEach(item -> items.add(value(item, location(item))));
            return new WrittenValue.Items(location, items);
        }
        ScalarNode scalar = (ScalarNode) node;
        return scalar.getTag().equals(Tag.NULL)
                ? new WrittenValue.Nothing(location)
                : new WrittenValue.Text(location, scalar.getValue(), !scalar.isPlain());
    }

    private WrittenValue.Entries entries(MappingNode mapping, SettingLocation location) {
        Map<String, WrittenValue> entries = new LinkedHashMap<>();
        Map<String, SettingLocation> locations = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            SettingLocation keyLocation = location(tuple.getKeyNode());
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                problems.add(
                        new ConfigurationException.Problem(keyLocation, "a map or list as a key (expected: a name)"));
                continue;
            }
            WrittenValue value = value(tuple.getValueNode(), keyLocation);
            SettingLocation first = locations.putIfAbsent(key.getValue(), keyLocation);
            if (first == null) {
                entries.put(key.getValue(), value);
            } else {
                problems.add(new ConfigurationException.Problem(
                        keyLocation, key.getValue() + ": already set at line " + first.line()));
            }
        }
        return new WrittenValue.Entries(location, entries);
    }

    private SettingLocation location(Node node) {
        return location(source, node.getStartMark().orElse(null));
    }

    private static SettingLocation location(String source, @Nullable Mark mark) {
        return mark == null
                ? new SettingLocation(source, 1, 1)
                : new SettingLocation(source, mark.getLine() + 1, mark.getColumn() + 1);
    }

    private static SettingLocation locationAt(String source, String text, int position) {
        String before = text.substring(0, Math.min(position, text.length()));
        int lineStart = before.lastIndexOf('\n') + 1;
        int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
        return new SettingLocation(source, line, 1 + before.codePointCount(lineStart, before.length()));
    }

    private static ConfigurationException.Problem notYaml(String source, String text, MarkedYamlEngineException e) {
        SettingLocation location =
                location(source, e.getProblemMark().or(e::getContextMark).orElse(null));
        String line = text.lines().skip(location.line() - 1L).findFirst().orElse("");
        // The parser's message may quote the value.
        String why = SettingNames.isSecret(line) ? "does a value need quotes?" : e.getProblem();
        return new ConfigurationException.Problem(location, "not YAML: " + why);
    }
}
