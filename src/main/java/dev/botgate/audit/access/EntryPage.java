package dev.botgate.audit.access;

import dev.botgate.audit.AuditEntry;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Part of the entries that were asked for, in the query's order.
 *
 * @param previous the cursor of what comes before; null where this is the beginning. There may be new entries before a
 *     first page later on, but no cursor leads to them: ask for the first page again
 * @param next the cursor of what follows; null where this is the end
 */
public record EntryPage(List<AuditEntry> entries, @Nullable String previous, @Nullable String next) {
    public EntryPage {
        entries = List.copyOf(entries);
    }

    public Optional<String> previousCursor() {
        return Optional.ofNullable(previous);
    }

    public Optional<String> nextCursor() {
        return Optional.ofNullable(next);
    }
}
