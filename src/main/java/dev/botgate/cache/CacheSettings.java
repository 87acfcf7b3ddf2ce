package dev.botgate.cache;

import static dev.botgate.failure.SettingCheck.atLeast;
import static dev.botgate.failure.SettingCheck.positive;

import dev.botgate.operation.Operation;
import java.time.Duration;
import java.util.List;

/**
 * Settings of the member lists' cache.
 *
 * @param maximumBytes the maximum size of all lists together
 * @param conversationMembers how long lists of GetConversationMembers are served
 * @param activityMembers how long lists of GetActivityMembers are served
 * @param pagedMembers how long lists of GetConversationPagedMembers are served
 * @param notFoundFor how long a 404 is stored; zero for not at all
 * @param loadDeadline how long a load may take; requests that wait for it are then answered without it
 * @param loadPatience how long requests wait for a load before they get the stale list that may be given on errors, if
 *     there is one; zero for as long as the load takes
 * @param ignoreNoCache the connectors whose {@code Cache-Control: no-cache} is ignored, and the {@code Expires} beside it
 */
public record CacheSettings(
        long maximumBytes,
        ListSettings conversationMembers,
        ListSettings activityMembers,
        ListSettings pagedMembers,
        Duration notFoundFor,
        Duration loadDeadline,
        Duration loadPatience,
        List<String> ignoreNoCache) {
    public CacheSettings {
        ignoreNoCache = List.copyOf(ignoreNoCache);
        atLeast("maximum-bytes", maximumBytes, 0);
        ListSettings.atMostAYear("not-found-for", notFoundFor);
        positive("load-deadline", loadDeadline);
        ListSettings.atMostAYear("load-patience", loadPatience);
    }

    /** How long lists of {@code operation}, one of those that are stored, are served. */
    ListSettings of(Operation operation) {
        return switch (operation) {
            case GET_CONVERSATION_MEMBERS -> conversationMembers;
            case GET_ACTIVITY_MEMBERS -> activityMembers;
            case GET_CONVERSATION_PAGED_MEMBERS -> pagedMembers;
            default -> throw new IllegalArgumentException(operation + " (expected: an operation that lists members)");
        };
    }
}
