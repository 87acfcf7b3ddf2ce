package dev.botgate.cli;

import java.io.PrintWriter;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say which page of a list, and what is printed of the pages beside it. */
final class PageOptions {
    @Option(names = "--limit", paramLabel = "N", description = "How many at most, 1 to 1000; 50 unless given.")
    private @Nullable String limit;

    @Option(names = "--cursor", paramLabel = "CURSOR", description = "What lies beyond the page that printed this.")
    private @Nullable String cursor;

    void addTo(Map<String, String> parameters) {
        EntryFilters.put(parameters, "limit", limit);
        EntryFilters.put(parameters, "cursor", cursor);
    }

    /** Tells where it goes on, in the directions where it does. */
    static void tellOthers(@Nullable String previous, @Nullable String next, PrintWriter to) {
        if (previous != null) {
            to.println("Before these: --cursor " + previous);
        }
        if (next != null) {
            to.println("There is more: --cursor " + next);
        }
    }
}
