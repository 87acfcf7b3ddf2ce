package dev.botgate.audit;

import dev.botgate.audit.redaction.JsonPointer;
import dev.botgate.failure.SettingCheck;
import dev.botgate.operation.Operation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Which values of bodies are recorded as keyed digests only, by JSON pointers.
 *
 * @param all in bodies of every operation
 * @param operations the id of an operation that can be a mutation to more of them
 */
public record RedactionSettings(List<String> all, Map<String, List<String>> operations) {
    /** None. */
    public static final RedactionSettings NOTHING = new RedactionSettings(List.of(), Map.of());

    private static final String POINTERS = "JSON pointers, such as /text or /attachments/*/content";

    public RedactionSettings {
        all = List.copyOf(all);
        operations = Map.copyOf(new LinkedHashMap<>(operations));
        for (String pointer : all) {
            try {
                var unused = JsonPointer.of(pointer);
            } catch (IllegalArgumentException e) {
                throw SettingCheck.refused("all", pointer, POINTERS + ", but " + e.getMessage());
            }
        }
        operations.forEach((id, pointers) -> {
            RecordedOperations.check("operations", id);
            try {
                pointers.forEach(pointer -> {
                    var unused = JsonPointer.of(pointer);
                });
            } catch (IllegalArgumentException e) {
                throw SettingCheck.refused("operations", id, POINTERS + ", but " + e.getMessage());
            }
        });
    }

    boolean isEmpty() {
        return all.isEmpty() && operations.values().stream().allMatch(List::isEmpty);
    }

    /** The pointers into bodies of {@code operation}. */
    List<JsonPointer> of(Operation operation) {
        Stream<String> own = operations.entrySet().stream()
                .filter(entry -> entry.getKey().equalsIgnoreCase(operation.id()))
                .flatMap(entry -> entry.getValue().stream());
        return Stream.concat(all.stream(), own).map(JsonPointer::of).toList();
    }
}
