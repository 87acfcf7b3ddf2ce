package dev.botgate.audit.access;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Part of the records of access that were asked for, newest first.
 *
 * @param previous the cursor of what comes before; null where this is the beginning
 * @param next the cursor of what follows; null where this is the end
 */
public record AccessPage(List<AccessRecord> accesses, @Nullable String previous, @Nullable String next) {
    public AccessPage {
        accesses = List.copyOf(accesses);
    }
}
