package dev.botgate.audit.postgres;

import dev.botgate.audit.Attempt;
import dev.botgate.audit.Intent;
import dev.botgate.audit.Outcome;
import dev.botgate.audit.Recorded;
import dev.botgate.audit.waiting.Pending;
import java.util.List;

/** Entries that one commit makes durable, in the order in which they came. */
record Batch(List<Pending> entries) {
    Batch {
        entries = List.copyOf(entries);
    }

    int size() {
        return entries.size();
    }

    List<Intent> intents() {
        return all(Intent.class);
    }

    List<Attempt> attempts() {
        return all(Attempt.class);
    }

    List<Outcome> outcomes() {
        return all(Outcome.class);
    }

    private <T extends Recorded> List<T> all(Class<T> kind) {
        return entries.stream()
                .map(Pending::recorded)
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }
}
