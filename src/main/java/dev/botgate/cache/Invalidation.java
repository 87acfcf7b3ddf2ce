package dev.botgate.cache;

import org.jspecify.annotations.Nullable;

/**
 * Lists that may be outdated, whoever loaded them.
 *
 * @param upstream the connector's configured name; null for all
 * @param conversation the conversation's id, percent-decoded, with a thread or without; null for all
 */
public record Invalidation(@Nullable String upstream, @Nullable String conversation) {
    /** All lists. */
    public static final Invalidation ALL = new Invalidation(null, null);

    boolean covers(ListKey.Conversation other) {
        return (upstream == null || upstream.equals(other.upstream()))
                && (conversation == null || new ListKey.Conversation(other.upstream(), conversation).equals(other));
    }
}
