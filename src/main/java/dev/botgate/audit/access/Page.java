package dev.botgate.audit.access;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of a query's results, in the query's order.
 *
 * @param previous the cursor of the page before; null on the first page, even once newer entries are
 *     recorded: query the first page again to see them
 * @param next the cursor of the page after; null on the last page
 */
public record Page<T>(List<T> entries, @Nullable String previous, @Nullable String next) {
    public Page {
        entries = List.copyOf(entries);
    }
}
