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
public record LevelSettings(Level all, Map<String, Level> operations) {
    /** All of everything. */
    public static final LevelSettings BODIES = new LevelSettings(Level.BODY, Map.of());

    public LevelSettings {
        operations = Map.copyOf(new LinkedHashMap<>(operations));
        operations.keySet().forEach(id -> RecordedOperations.check("operations", id));
    }

    /** What holds for {@code operation}. */
    Level of(Operation operation) {
        return operations.entrySet().stream()
                .filter(entry -> entry.getKey().equalsIgnoreCase(operation.id()))
                .findFirst()
                .map(Map.Entry::getValue)
                .orElse(all);
    }
}
