package dev.botgate.cache;

import org.jspecify.annotations.Nullable;

/**
 * Which lists can no longer be right, whoever loaded them.
 *
 * @param upstream the upstream's configured name; null for all of them
 * @param conversation the conversation's id, percent-decoded, with a thread or without; null for all of them
 */
public record Invalidation(@Nullable String upstream, @Nullable String conversation) {
    /** Everything. */
    public static final Invalidation ALL = new Invalidation(null, null);

    boolean concerns(ConversationKey other) {
        return (upstream == null || upstream.equals(other.upstream()))
                && (conversation == null || new ConversationKey(other.upstream(), conversation).equals(other));
    }
}
