package dev.botgate.cache;

import static dev.botgate.failure.SettingCheck.atLeast;
import static dev.botgate.failure.SettingCheck.notNegative;
import static dev.botgate.failure.SettingCheck.positive;

import dev.botgate.failure.SettingCheck;
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
 * @param loadDeadline how long a load may take; waiting requests then get a stale list if they may, else 504
 * @param loadPatience how long requests wait for a load before they get a stale list, if they may; zero to wait until the
 *     load ends
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
    /**
     * How long the lists of one operation may be served; RFC 5861 for what is stale.
     *
     * @param freshFor maximum age of a fresh list; zero turns the cache off for the operation
     * @param staleWhileRevalidate how much longer it is served at once, while it is refreshed
     * @param staleIfError how much longer than {@code freshFor} it is served if it cannot be refreshed
     */
    public record ListSettings(Duration freshFor, Duration staleWhileRevalidate, Duration staleIfError) {
        public ListSettings {
            atMostAYear("fresh-for", freshFor);
            atMostAYear("stale-while-revalidate", staleWhileRevalidate);
            atMostAYear("stale-if-error", staleIfError);
        }
    }

    public CacheSettings {
        ignoreNoCache = List.copyOf(ignoreNoCache);
        atLeast("maximum-bytes", maximumBytes, 0);
        atMostAYear("not-found-for", notFoundFor);
        positive("load-deadline", loadDeadline);
        atMostAYear("load-patience", loadPatience);
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

    private static void atMostAYear(String name, Duration time) {
        notNegative(name, time);
        if (time.compareTo(Duration.ofDays(365)) > 0) {
            throw SettingCheck.refused(name, time.toSeconds() + "s", "at most a year");
        }
    }
}
