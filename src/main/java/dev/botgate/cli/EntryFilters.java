package dev.botgate.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say which entries are meant. */
final class EntryFilters {
    @Mixin
    private TimeRange range = new TimeRange();

    @Option(names = "--bot", paramLabel = "ID", description = "Of this bot.")
    private @Nullable String bot;

    @Option(names = "--tenant", paramLabel = "ID", description = "Of this tenant.")
    private @Nullable String tenant;

    @Option(
            names = "--conversation",
            paramLabel = "ID",
            description = "In this conversation, and where it is a Teams channel in its threads.")
    private @Nullable String conversation;

    @Option(names = "--activity", paramLabel = "ID", description = "About this activity.")
    private @Nullable String activity;

    @Option(names = "--member", paramLabel = "ID", description = "About this member.")
    private @Nullable String member;

    @Option(names = "--recipient", paramLabel = "ID", description = "To this recipient of an activity.")
    private @Nullable String recipient;

    @Option(names = "--operation", paramLabel = "NAME", description = "Such as SendToConversation.")
    private @Nullable String operation;

    @Option(names = "--outcome", paramLabel = "STATE", description = "open, succeeded, refused, failed or unknown.")
    private @Nullable String outcome;

    @Option(names = "--request-id", paramLabel = "ID", description = "Of this request.")
    private @Nullable String requestId;

    /** Name to text, of those that were given. */
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

    /** Adds what was given. */
    static void put(Map<String, String> parameters, String name, @Nullable String value) {
        if (value != null) {
            parameters.put(name, value);
        }
    }
}
