package dev.botgate.audit;

import org.jspecify.annotations.Nullable;

/**
 * One exchange as the trail tells it.
 *
 * @param outcome null as long as it is open
 */
public record Entry(Intent intent, @Nullable Outcome outcome) {
    public State state() {
        return outcome == null ? State.OPEN : State.of(outcome.close());
    }
}
