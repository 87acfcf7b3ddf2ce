package dev.botgate.audit.postgres;

import dev.botgate.audit.Attempt;
import dev.botgate.audit.Intent;
import dev.botgate.audit.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/** Entries that one commit makes durable, in the order in which they came. */
record Batch(List<Pending> entries) {
    private static final long MAXIMUM_BYTES = 8L << 20;

    Batch {
        entries = List.copyOf(entries);
    }

    /** Takes from the head of {@code queue} up to {@code maximum} entries and 8 MiB, but one entry in any case. */
    static Batch takenFrom(Queue<Pending> queue, int maximum) {
        List<Pending> taken = new ArrayList<>();
        long bytes = 0;
        for (Pending next = queue.peek(); next != null && taken.size() < maximum; next = queue.peek()) {
            bytes += next.bytes();
            if (!taken.isEmpty() && bytes > MAXIMUM_BYTES) {
                break;
            }
            taken.add(queue.remove());
        }
        return new Batch(taken);
    }

    int size() {
        return entries.size();
    }

    List<Pending.OfIntent> pendingIntents() {
        return entries.stream()
                .filter(Pending.OfIntent.class::isInstance)
                .map(Pending.OfIntent.class::cast)
                .toList();
    }

    List<Intent> intents() {
        return pendingIntents().stream().map(Pending.OfIntent::intent).toList();
    }

    List<Attempt> attempts() {
        return entries.stream()
                .filter(Pending.OfAttempt.class::isInstance)
                .map(entry -> ((Pending.OfAttempt) entry).attempt())
                .toList();
    }

    List<Outcome> outcomes() {
        return entries.stream()
                .filter(Pending.OfOutcome.class::isInstance)
                .map(entry -> ((Pending.OfOutcome) entry).outcome())
                .toList();
    }
}
