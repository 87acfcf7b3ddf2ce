package dev.botgate.audit.postgres;

import dev.botgate.audit.waiting.PendingWrite;
import dev.botgate.audit.waiting.WriteQueue;
import java.util.List;

/** Entries that one commit makes durable, in the order in which they came. */
record Batch(List<PendingWrite> entries, Rows rows) {
    Batch(List<PendingWrite> entries) {
        this(entries, Rows.of(WriteQueue.records(entries)));
    }

    int size() {
        return entries.size();
    }
}
