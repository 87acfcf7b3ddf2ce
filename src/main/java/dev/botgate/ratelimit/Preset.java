package dev.botgate.ratelimit;

import static dev.botgate.operation.Operation.CREATE_CONVERSATION;
import static dev.botgate.operation.Operation.DELETE_ACTIVITY;
import static dev.botgate.operation.Operation.GET_ACTIVITY_MEMBERS;
import static dev.botgate.operation.Operation.GET_CONVERSATIONS;
import static dev.botgate.operation.Operation.GET_CONVERSATION_MEMBERS;
import static dev.botgate.operation.Operation.GET_CONVERSATION_PAGED_MEMBERS;
import static dev.botgate.operation.Operation.REPLY_TO_ACTIVITY;
import static dev.botgate.operation.Operation.SEND_CONVERSATION_HISTORY;
import static dev.botgate.operation.Operation.SEND_TO_CONVERSATION;
import static dev.botgate.operation.Operation.UPDATE_ACTIVITY;

import dev.botgate.operation.Operation;
import dev.botgate.ratelimit.RateLimitSettings.LimitSettings;
import dev.botgate.ratelimit.RateLimitSettings.MatchSettings;
import dev.botgate.ratelimit.RateLimitSettings.PresetSettings;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The limits that are documented for a kind of connector.
 *
 * @param id the name in settings
 */
record Preset(String id, List<Preset.Row> rows) {
    /** Source: msteams-docs, {@code bots/how-to/rate-limit.md}. It reads 50 a second where one copy of the page says 30. */
    // spotless:off
    private static final Preset TEAMS = new Preset("teams", List.of(
        new Row("send",
            List.of(SEND_TO_CONVERSATION, SEND_CONVERSATION_HISTORY, REPLY_TO_ACTIVITY, UPDATE_ACTIVITY, DELETE_ACTIVITY, CREATE_CONVERSATION),
            List.of("bot", "conversation"), "7/1s, 8/2s, 60/30s, 1800/3600s"),
        new Row("members",
            List.of(GET_CONVERSATION_MEMBERS, GET_CONVERSATION_PAGED_MEMBERS, GET_ACTIVITY_MEMBERS, GET_CONVERSATIONS),
            List.of("bot", "conversation"), "14/1s, 16/2s, 120/30s, 3600/3600s"),
        new Row("conversation-send",
            List.of(SEND_TO_CONVERSATION, SEND_CONVERSATION_HISTORY, CREATE_CONVERSATION),
            List.of("conversation"), "14/1s, 16/2s"),
        new Row("conversation-members",
            List.of(GET_CONVERSATION_MEMBERS, GET_CONVERSATION_PAGED_MEMBERS, GET_ACTIVITY_MEMBERS, GET_CONVERSATIONS),
            List.of("conversation"), "28/1s, 32/2s"),
        new Row("tenant",
            List.of(),
            List.of("bot", "tenant"), "50/1s")));
    // spotless:on

    private static final List<Preset> ALL = List.of(TEAMS);

    /** One line of the source's table; no operations stand for all. */
    record Row(String name, List<Operation> operations, List<String> countBy, String windows) {}

    static Optional<Preset> named(String name) {
        return ALL.stream().filter(preset -> preset.id.equals(name)).findFirst();
    }

    static String names() {
        return ALL.stream().map(Preset::id).collect(Collectors.joining(", "));
    }

    /** Whether a preset has a limit of this name. */
    static boolean owns(String limit) {
        return ALL.stream().anyMatch(preset -> preset.rows.stream()
                .anyMatch(row -> preset.limit(row).equals(limit)));
    }

    /** The limits of the preset with {@code settings} applied. */
    List<Limit> limits(PresetSettings settings) {
        if (settings.upstreams().isEmpty()) {
            return List.of();
        }
        return rows.stream()
                .map(row -> Limit.of(
                        limit(row),
                        new LimitSettings(
                                new MatchSettings(
                                        row.operations().stream()
                                                .map(Operation::id)
                                                .toList(),
                                        settings.upstreams(),
                                        List.of()),
                                row.countBy(),
                                row.windows(),
                                settings.mode(),
                                settings.maximumWait(),
                                settings.margin())))
                .toList();
    }

    private String limit(Row row) {
        return id + "-" + row.name();
    }
}
