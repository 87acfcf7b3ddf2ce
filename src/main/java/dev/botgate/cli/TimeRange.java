package dev.botgate.cli;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say of which time. */
final class TimeRange {
    @Option(
            names = "--from",
            paramLabel = "TIME",
            description = "From this time on: 2026-01-31T12:00:00Z or 2026-01-31.")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "TIME", description = "Before this time.")
    private @Nullable String to;

    void addTo(Map<String, String> parameters) {
        EntryFilters.put(parameters, "from", from);
        EntryFilters.put(parameters, "to", to);
    }
}
