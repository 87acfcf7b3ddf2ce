package dev.botgate.audit;

import dev.botgate.failure.SettingCheck;
import dev.botgate.operation.Operation;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The operations of which the trail may hold something: those that can change something. */
final class RecordedOperations {
    static final List<Operation> ALL = Arrays.stream(Operation.values())
            .filter(operation -> operation.effect() == Operation.Effect.MUTATION)
            .toList();

    private RecordedOperations() {}

    /** Checks that {@code id}, an entry of the setting {@code name}, is one of them. */
    static void check(String name, String id) {
        if (Operation.withId(id).filter(ALL::contains).isEmpty()) {
            throw SettingCheck.refused(
                    name,
                    id,
                    "one of the operations that are recorded: "
                            + ALL.stream().map(Operation::id).collect(Collectors.joining(", ")));
        }
    }
}
