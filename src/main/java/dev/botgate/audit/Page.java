package dev.botgate.audit;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Part of the entries that were asked for, newest first.
 *
 * @param next the cursor of what follows; null where this is the end
 */
public record Page(List<Entry> entries, @Nullable String next) {
    public Page {
        entries = List.copyOf(entries);
    }

    public Optional<String> nextCursor() {
        return Optional.ofNullable(next);
    }
}
