package dev.botgate.cache;

import org.jspecify.annotations.Nullable;

/**
 * Which lists can no longer be right, whoever loaded them.
 *
 * @param upstream the upstream's configured name; null for all of them
 * @param conversation the conversation's id, percent-decoded, with a thread or without; null for all of them
 */
public record Drop(@Nullable String upstream, @Nullable String conversation) {
    /** Everything. */
    public static final Drop ALL = new Drop(null, null);

    boolean concerns(Conversation other) {
        return (upstream == null || upstream.equals(other.upstream()))
                && (conversation == null || new Conversation(other.upstream(), conversation).equals(other));
    }
}
