package dev.botgate.audit.postgres;

import dev.botgate.audit.Attempt;
import dev.botgate.audit.Intent;
import dev.botgate.audit.Outcome;
import dev.botgate.audit.TrailRecord;
import java.util.ArrayList;
import java.util.List;

/** What one statement inserts, by kind, each kind in the order in which it came. */
record Rows(List<Intent> intents, List<Attempt> attempts, List<Outcome> outcomes) {
    /** Nothing at all. */
    static final Rows NONE = of(List.of());

    /** The rows of {@code records}. */
    static Rows of(List<? extends TrailRecord> records) {
        List<Intent> intents = new ArrayList<>(records.size());
        List<Attempt> attempts = new ArrayList<>(0);
        List<Outcome> outcomes = new ArrayList<>(records.size());
        for (TrailRecord recorded : records) {
            if (recorded instanceof Intent intent) {
                intents.add(intent);
            } else if (recorded instanceof Outcome outcome) {
                outcomes.add(outcome);
            } else if (recorded instanceof Attempt attempt) {
                attempts.add(attempt);
            }
        }
        return new Rows(intents, attempts, outcomes);
    }
}
