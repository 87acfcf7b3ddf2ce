package dev.botgate.audit;

import dev.botgate.operation.Operation;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How much of which operation is recorded.
 *
 * @param all of every operation that has no level of its own
 * @param operations the id of an operation that can be a mutation to its level
 */
public record RecordingLevelSettings(RecordingLevel all, Map<String, RecordingLevel> operations) {
    /** All of everything. */
    public static final RecordingLevelSettings BODIES = new RecordingLevelSettings(RecordingLevel.BODY, Map.of());

    public RecordingLevelSettings {
        operations = Map.copyOf(new LinkedHashMap<>(operations));
        operations.keySet().forEach(id -> RecordedOperations.check("operations", id));
    }

    /** What holds for {@code operation}. */
    RecordingLevel of(Operation operation) {
        return operations.entrySet().stream()
                .filter(entry -> entry.getKey().equalsIgnoreCase(operation.id()))
                .findFirst()
                .map(Map.Entry::getValue)
                .orElse(all);
    }
}
