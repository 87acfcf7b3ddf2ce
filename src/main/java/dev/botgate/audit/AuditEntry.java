package dev.botgate.audit;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One exchange as the trail tells it.
 *
 * @param outcome null as long as it is open
 * @param attempts in order; empty where there was one or none, of which the outcome tells all
 * @param late what became known after others had closed it, taking its gateway for dead: see {@link Outcome#recordedBy}
 */
public record AuditEntry(Intent intent, @Nullable Outcome outcome, List<Attempt> attempts, List<Outcome> late) {
    public AuditEntry {
        attempts = List.copyOf(attempts);
        late = List.copyOf(late);
    }

    /** An exchange of at most one attempt. */
    public AuditEntry(Intent intent, @Nullable Outcome outcome) {
        this(intent, outcome, List.of(), List.of());
    }

    public OutcomeStatus status() {
        return outcome == null ? OutcomeStatus.OPEN : outcome.closedAs();
    }
}
