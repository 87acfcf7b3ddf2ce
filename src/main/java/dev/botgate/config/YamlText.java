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

/** One YAML 1.2 document as {@link WrittenValue}s with their places. Anchors, aliases and merge keys are resolved. */
final class YamlText {
    private final String source;
    private final List<ConfigurationProblem> problems;
    private final IdentityHashMap<Node, WrittenValue> converted = new IdentityHashMap<>();

    private YamlText(String source, List<ConfigurationProblem> problems) {
        this.source = source;
        this.problems = problems;
    }

    /** The document; {@code Nothing} when it is empty; empty when it is not YAML. Adds to {@code problems}. */
    static Optional<WrittenValue> read(String source, String text, List<ConfigurationProblem> problems) {
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
                    .map(root -> reading.value(root, reading.place(root)))
                    .or(() -> Optional.of(new WrittenValue.Nothing(new SettingLocation(source, 1, 1))));
        } catch (MarkedYamlEngineException e) {
            problems.add(notYaml(source, text, e));
        } catch (ReaderException e) {
            problems.add(ConfigurationProblem.at(
                    placeOf(source, text, e.getPosition()), "a character that YAML does not allow"));
        } catch (YamlEngineException e) {
            problems.add(ConfigurationProblem.at(new SettingLocation(source, 1, 1), "not YAML: " + e.getMessage()));
        }
        return Optional.empty();
    }

    private WrittenValue value(Node node, SettingLocation place) {
        WrittenValue known = converted.get(node);
        if (known != null) {
            return known;
        }
        // Stands for the node inside itself, until its own value is known.
        converted.put(node, new WrittenValue.Nothing(place));
        WrittenValue value = convert(node, place);
        converted.put(node, value);
        return value;
    }

    private WrittenValue convert(Node node, SettingLocation place) {
        if (node.isRecursive()) {
            problems.add(ConfigurationProblem.at(place, "an alias of what it is part of"));
            return new WrittenValue.Nothing(place);
        }
        if (node instanceof MappingNode mapping) {
            return entries(mapping, place);
        }
        if (node instanceof SequenceNode sequence) {
            List<WrittenValue> items = new ArrayList<>();
            sequence.getValue().forEach(item -> items.add(value(item, place(item))));
            return new WrittenValue.Items(place, items);
        }
        ScalarNode scalar = (ScalarNode) node;
        return scalar.getTag().equals(Tag.NULL)
                ? new WrittenValue.Nothing(place)
                : new WrittenValue.Text(place, scalar.getValue(), !scalar.isPlain());
    }

    private WrittenValue.Entries entries(MappingNode mapping, SettingLocation place) {
        Map<String, WrittenValue> entries = new LinkedHashMap<>();
        Map<String, SettingLocation> places = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            SettingLocation keyPlace = place(tuple.getKeyNode());
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                problems.add(ConfigurationProblem.at(keyPlace, "a map or list as a key (expected: a name)"));
                continue;
            }
            WrittenValue value = value(tuple.getValueNode(), keyPlace);
            SettingLocation first = places.putIfAbsent(key.getValue(), keyPlace);
            if (first == null) {
                entries.put(key.getValue(), value);
            } else {
                problems.add(
                        ConfigurationProblem.at(keyPlace, key.getValue() + ": given before, at line " + first.line()));
            }
        }
        return new WrittenValue.Entries(place, entries);
    }

    private SettingLocation place(Node node) {
        return place(source, node.getStartMark().orElse(null));
    }

    private static SettingLocation place(String source, @Nullable Mark mark) {
        return mark == null
                ? new SettingLocation(source, 1, 1)
                : new SettingLocation(source, mark.getLine() + 1, mark.getColumn() + 1);
    }

    private static SettingLocation placeOf(String source, String text, int position) {
        String before = text.substring(0, Math.min(position, text.length()));
        int lineStart = before.lastIndexOf('\n') + 1;
        int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
        return new SettingLocation(source, line, 1 + before.codePointCount(lineStart, before.length()));
    }

    private static ConfigurationProblem notYaml(String source, String text, MarkedYamlEngineException e) {
        SettingLocation place =
                place(source, e.getProblemMark().or(e::getContextMark).orElse(null));
        String line = text.lines().skip(place.line() - 1L).findFirst().orElse("");
        // The parser's message may quote the value.
        String why = Secrets.named(line) ? "does a value need quotes?" : e.getProblem();
        return ConfigurationProblem.at(place, "not YAML: " + why);
    }
}
