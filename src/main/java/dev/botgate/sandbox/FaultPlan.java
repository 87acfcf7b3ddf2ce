package dev.botgate.sandbox;

import dev.botgate.failure.SettingCheck;
import dev.botgate.operation.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The faults that are still to be played, in order; safe on any thread. */
final class FaultPlan {
    private static final int MAXIMUM_PLANNED = 10_000;

    private final List<Planned> planned = new ArrayList<>();

    /**
     * A fault for some of the requests to come.
     *
     * @param operation whose requests; null for any
     * @param times how many of them
     */
    record Planned(@Nullable Operation operation, int times, SimulatedFault fault) {
        Planned {
            SettingCheck.atLeast("times", times, 1);
        }

        boolean matches(Operation asked) {
            return operation == null || operation == asked;
        }
    }

    synchronized void add(List<Planned> more) {
        if (planned.size() + more.size() > MAXIMUM_PLANNED) {
            throw SettingCheck.refused("faults", planned.size() + more.size(), "<= " + MAXIMUM_PLANNED);
        }
        planned.addAll(more);
    }

    /** Takes the first planned fault that a request of {@code operation} meets. */
    synchronized Optional<SimulatedFault> take(Operation operation) {
        for (int i = 0; i < planned.size(); i++) {
            Planned candidate = planned.get(i);
            if (candidate.matches(operation)) {
                if (candidate.times() == 1) {
                    planned.remove(i);
                } else {
                    planned.set(i, new Planned(candidate.operation(), candidate.times() - 1, candidate.fault()));
                }
                return Optional.of(candidate.fault());
            }
        }
        return Optional.empty();
    }

    synchronized List<Planned> all() {
        return List.copyOf(planned);
    }

    synchronized void clear() {
        planned.clear();
    }
}
