package dev.botgate.audit.access;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Part of what a query asked for, in the query's order.
 *
 * @param previous the cursor of the page before; null where this is the first. What is recorded later does not come before a
 *     first page: ask for the first page again
 * @param next the cursor of the page after; null where this is the last
 */
public record Page<T>(List<T> entries, @Nullable String previous, @Nullable String next) {
    public Page {
        entries = List.copyOf(entries);
    }

    public Optional<String> previousCursor() {
        return Optional.ofNullable(previous);
    }

    public Optional<String> nextCursor() {
        return Optional.ofNullable(next);
    }
}
