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

/** One YAML 1.2 document as {@link Value}s with their places. Anchors, aliases and merge keys are resolved. */
final class YamlText {
    private final String source;
    private final List<Problem> problems;
    private final IdentityHashMap<Node, Value> converted = new IdentityHashMap<>();

    private YamlText(String source, List<Problem> problems) {
        this.source = source;
        this.problems = problems;
    }

    /** The document; {@code Nothing} when it is empty; empty when it is not YAML. Adds to {@code problems}. */
    static Optional<Value> read(String source, String text, List<Problem> problems) {
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
                    .or(() -> Optional.of(new Value.Nothing(new Place(source, 1, 1))));
        } catch (MarkedYamlEngineException e) {
            problems.add(notYaml(source, text, e));
        } catch (ReaderException e) {
            problems.add(Problem.at(placeOf(source, text, e.getPosition()), "a character that YAML does not allow"));
        } catch (YamlEngineException e) {
            problems.add(Problem.at(new Place(source, 1, 1), "not YAML: " + e.getMessage()));
        }
        return Optional.empty();
    }

    private Value value(Node node, Place place) {
        Value known = converted.get(node);
        if (known != null) {
            return known;
        }
        // Stands for the node inside itself, until its own value is known.
        converted.put(node, new Value.Nothing(place));
        Value value = convert(node, place);
        converted.put(node, value);
        return value;
    }

    private Value convert(Node node, Place place) {
        if (node.isRecursive()) {
            problems.add(Problem.at(place, "an alias of what it is part of"));
            return new Value.Nothing(place);
        }
        if (node instanceof MappingNode mapping) {
            return entries(mapping, place);
        }
        if (node instanceof SequenceNode sequence) {
            List<Value> items = new ArrayList<>();
            sequence.getValue().forEach(item -> items.add(value(item, place(item))));
            return new Value.Items(place, items);
        }
        ScalarNode scalar = (ScalarNode) node;
        return scalar.getTag().equals(Tag.NULL)
                ? new Value.Nothing(place)
                : new Value.Text(place, scalar.getValue(), !scalar.isPlain());
    }

    private Value.Entries entries(MappingNode mapping, Place place) {
        Map<String, Value> entries = new LinkedHashMap<>();
        Map<String, Place> places = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            Place keyPlace = place(tuple.getKeyNode());
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                problems.add(Problem.at(keyPlace, "a map or list as a key (expected: a name)"));
                continue;
            }
            Value value = value(tuple.getValueNode(), keyPlace);
            Place first = places.putIfAbsent(key.getValue(), keyPlace);
            if (first == null) {
                entries.put(key.getValue(), value);
            } else {
                problems.add(Problem.at(keyPlace, key.getValue() + ": given before, at line " + first.line()));
            }
        }
        return new Value.Entries(place, entries);
    }

    private Place place(Node node) {
        return place(source, node.getStartMark().orElse(null));
    }

    private static Place place(String source, @Nullable Mark mark) {
        return mark == null ? new Place(source, 1, 1) : new Place(source, mark.getLine() + 1, mark.getColumn() + 1);
    }

    private static Place placeOf(String source, String text, int position) {
        String before = text.substring(0, Math.min(position, text.length()));
        int lineStart = before.lastIndexOf('\n') + 1;
        int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
        return new Place(source, line, 1 + before.codePointCount(lineStart, before.length()));
    }

    private static Problem notYaml(String source, String text, MarkedYamlEngineException e) {
        Place place = place(source, e.getProblemMark().or(e::getContextMark).orElse(null));
        String line = text.lines().skip(place.line() - 1L).findFirst().orElse("");
        // The parser's message may quote the value.
        String why = Secrets.named(line) ? "does a value need quotes?" : e.getProblem();
        return Problem.at(place, "not YAML: " + why);
    }
}
