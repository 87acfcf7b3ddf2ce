package dev.botgate.audit;

import dev.botgate.audit.redaction.JsonPointer;
import dev.botgate.audit.redaction.Redaction;
import dev.botgate.audit.redaction.RedactionKey;
import dev.botgate.audit.redaction.RedactionKeys;
import dev.botgate.operation.Operation;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is recorded of each operation. Immutable. */
public final class Recording {
    private final Map<Operation, BodyRecording> byOperation = new EnumMap<>(Operation.class);

    /**
     * What {@code settings} want.
     *
     * @throws IllegalArgumentException when values should be replaced, and {@code keys} have no current one
     */
    public Recording(AuditSettings settings, RedactionKeys keys) {
        for (Operation operation : RecordedOperations.ALL) {
            byOperation.put(
                    operation,
                    new BodyRecording(
                            operation,
                            settings.levels().of(operation),
                            settings.attachmentBytes(),
                            redaction(settings.redact().of(operation), keys)));
        }
    }

    private static @Nullable Redaction redaction(List<JsonPointer> pointers, RedactionKeys keys) {
        if (pointers.isEmpty()) {
            return null;
        }
        RedactionKey current =
                keys.current().orElseThrow(() -> new IllegalArgumentException(AuditSettings.NO_CURRENT_KEY));
        return Redaction.of(pointers, current);
    }

    /** What is recorded of {@code operation}, which can be a mutation. */
    BodyRecording of(Operation operation) {
        return Objects.requireNonNull(byOperation.get(operation), operation::id);
    }

    /** The ids of the operations of which nothing is recorded, although they can change something. */
    public List<String> unrecorded() {
        return RecordedOperations.ALL.stream()
                .filter(operation -> of(operation).level() == RecordingLevel.NONE)
                .map(Operation::id)
                .toList();
    }
}
