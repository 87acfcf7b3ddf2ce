package dev.botgate.ratelimit;

import dev.botgate.failure.SettingCheck;
import dev.botgate.operation.Operation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which requests a limit applies to: those that pass each list; a list that is empty or left out is passed by all.
 *
 * @param operations operations by their ids, such as {@code SendToConversation}, or {@code other}
 * @param upstreams connectors by their configured names
 * @param bots bots by their app ids
 */
public record MatchSettings(
        @Nullable List<String> operations, @Nullable List<String> upstreams, @Nullable List<String> bots) {
    /** What every request passes. */
    static final MatchSettings EVERYTHING = new MatchSettings(null, null, null);

    public MatchSettings {
        operations = copy(operations);
        upstreams = copy(upstreams);
        bots = copy(bots);
        checkOperations("operations", orNone(operations));
    }

    private static @Nullable List<String> copy(@Nullable List<String> list) {
        return list == null ? null : List.copyOf(list);
    }

    static List<String> orNone(@Nullable List<String> list) {
        return list == null ? List.of() : list;
    }

    static void checkOperations(String name, List<String> operations) {
        for (String operation : operations) {
            if (Operation.withId(operation).isEmpty()) {
                throw SettingCheck.refused(
                        name, "\"" + operation + "\"", "the name of an operation, such as SendToConversation");
            }
        }
    }
}
