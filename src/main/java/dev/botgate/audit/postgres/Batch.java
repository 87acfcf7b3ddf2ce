package dev.botgate.audit.postgres;

import dev.botgate.audit.waiting.Pending;
import dev.botgate.audit.waiting.Waiting;
import java.util.List;

/** Entries that one commit makes durable, in the order in which they came. */
record Batch(List<Pending> entries, Rows rows) {
    Batch(List<Pending> entries) {
        this(entries, Rows.of(Waiting.records(entries)));
    }

    int size() {
        return entries.size();
    }
}
