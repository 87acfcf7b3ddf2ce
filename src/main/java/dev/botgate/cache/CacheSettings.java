package dev.botgate.cache;

import static dev.botgate.failure.Setting.atLeast;
import static dev.botgate.failure.Setting.notNegative;

import dev.botgate.failure.Setting;
import dev.botgate.operation.Operation;
import java.time.Duration;

/**
 * Settings of the member lists' cache. A time to live of zero leaves that operation uncached.
 *
 * @param maximumBytes the most that all lists together may take
 * @param conversationMembers time to live of GetConversationMembers
 * @param activityMembers time to live of GetActivityMembers
 * @param pagedMembers time to live of GetConversationPagedMembers
 */
public record CacheSettings(
        long maximumBytes, Duration conversationMembers, Duration activityMembers, Duration pagedMembers) {
    public CacheSettings {
        atLeast("maximum-bytes", maximumBytes, 0);
        atMostAYear("conversation-members", conversationMembers);
        atMostAYear("activity-members", activityMembers);
        atMostAYear("paged-members", pagedMembers);
    }

    private static void atMostAYear(String name, Duration timeToLive) {
        notNegative(name, timeToLive);
        if (timeToLive.compareTo(Duration.ofDays(365)) > 0) {
            throw Setting.refused(name, timeToLive.toSeconds() + "s", "at most a year");
        }
    }

    /** How long a list of {@code operation} is kept; zero for what is not kept at all. */
    Duration timeToLive(Operation operation) {
        return switch (operation) {
            case GET_CONVERSATION_MEMBERS -> conversationMembers;
            case GET_ACTIVITY_MEMBERS -> activityMembers;
            case GET_CONVERSATION_PAGED_MEMBERS -> pagedMembers;
            default -> Duration.ZERO;
        };
    }
}
