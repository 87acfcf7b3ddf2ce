package dev.botgate.audit;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One exchange as the trail tells it.
 *
 * @param outcome null as long as it is open
 * @param attempts in order; empty where there was one or none, of which the outcome tells all
 */
public record Entry(Intent intent, @Nullable Outcome outcome, List<Attempt> attempts) {
    public Entry {
        attempts = List.copyOf(attempts);
    }

    /** An exchange of at most one attempt. */
    public Entry(Intent intent, @Nullable Outcome outcome) {
        this(intent, outcome, List.of());
    }

    public State state() {
        return outcome == null ? State.OPEN : State.of(outcome.close());
    }
}
