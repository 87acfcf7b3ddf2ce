package dev.botgate.cli;

import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options that several {@code audit} commands share. They become the parameters that the operator's API takes too. */
final class QueryOptions {
    private QueryOptions() {}

    /** Adds a parameter that was given. */
    static void put(Map<String, String> parameters, String name, @Nullable String value) {
        if (value != null) {
            parameters.put(name, value);
        }
    }

    /** The time range. */
    static final class Range {
        @Option(
                names = "--from",
                paramLabel = "TIME",
                description = "At or after this time: 2026-01-31T12:00:00Z or 2026-01-31.")
        private @Nullable String from;

        @Option(names = "--to", paramLabel = "TIME", description = "Before this time.")
        private @Nullable String to;

        void addTo(Map<String, String> parameters) {
            put(parameters, "from", from);
            put(parameters, "to", to);
        }
    }

    /** Which entries to find. */
    static final class Filters {
        @Mixin
        private Range range = new Range();

        @Option(names = "--bot", paramLabel = "ID", description = "By this bot.")
        private @Nullable String bot;

        @Option(names = "--tenant", paramLabel = "ID", description = "Of this tenant.")
        private @Nullable String tenant;

        @Option(
                names = "--conversation",
                paramLabel = "ID",
                description = "In this conversation; for a Teams channel, its threads too.")
        private @Nullable String conversation;

        @Option(names = "--activity", paramLabel = "ID", description = "About this activity.")
        private @Nullable String activity;

        @Option(names = "--member", paramLabel = "ID", description = "About this member.")
        private @Nullable String member;

        @Option(names = "--recipient", paramLabel = "ID", description = "Sent to this recipient.")
        private @Nullable String recipient;

        @Option(
                names = "--operation",
                paramLabel = "NAME",
                description = "Of this operation, such as SendToConversation.")
        private @Nullable String operation;

        @Option(
                names = "--outcome",
                paramLabel = "STATE",
                description = "With this outcome: open, succeeded, refused, failed or unknown.")
        private @Nullable String outcome;

        @Option(names = "--request-id", paramLabel = "ID", description = "Of this request.")
        private @Nullable String requestId;

        Map<String, String> parameters() {
            Map<String, String> parameters = new LinkedHashMap<>();
            range.addTo(parameters);
            put(parameters, "bot", bot);
            put(parameters, "tenant", tenant);
            put(parameters, "conversation", conversation);
            put(parameters, "activity", activity);
            put(parameters, "member", member);
            put(parameters, "recipient", recipient);
            put(parameters, "operation", operation);
            put(parameters, "outcome", outcome);
            put(parameters, "request-id", requestId);
            return parameters;
        }
    }

    /** Which page of a list. */
    static final class Page {
        @Option(names = "--limit", paramLabel = "N", description = "At most so many, 1 to 1000. Default: 50.")
        private @Nullable String limit;

        @Mixin
        private Cursor cursor = new Cursor();

        void addTo(Map<String, String> parameters) {
            put(parameters, "limit", limit);
            cursor.addTo(parameters);
        }
    }

    /** Where a page begins. */
    static final class Cursor {
        @Option(
                names = "--cursor",
                paramLabel = "CURSOR",
                description = "The page before or after the one that printed this cursor.")
        private @Nullable String cursor;

        void addTo(Map<String, String> parameters) {
            put(parameters, "cursor", cursor);
        }

        /** Prints the cursors of the pages before and after, where there are any. */
        static void print(@Nullable String previous, @Nullable String next, PrintWriter to) {
            if (previous != null) {
                to.println("Previous page: --cursor " + previous);
            }
            if (next != null) {
                to.println("Next page: --cursor " + next);
            }
        }
    }

    /** How a list is printed. */
    static final class Output {
        @Option(names = "--json", description = "Print one JSON object per line, with all fields.")
        private boolean json;

        @Option(names = "--local", description = "Print times of this machine's time zone instead of UTC.")
        private boolean local;

        boolean json() {
            return json;
        }

        TimeFormat times() {
            return TimeFormat.of(local);
        }
    }

    /** Times in a table, to the millisecond and with their offset, in a form that {@code --from} accepts. */
    record TimeFormat(ZoneId zone) {
        private static final DateTimeFormatter FORMAT =
                DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSXXX", Locale.ROOT);

        /** UTC, or with {@code local} the time zone of this machine. */
        static TimeFormat of(boolean local) {
            return new TimeFormat(local ? ZoneId.systemDefault() : ZoneOffset.UTC);
        }

        /** The title of a column of times, which names the zone. */
        String title() {
            return "TIME (" + (zone.equals(ZoneOffset.UTC) ? "UTC" : zone.getId()) + ")";
        }

        String text(Instant time) {
            return FORMAT.format(time.atZone(zone));
        }
    }
}
