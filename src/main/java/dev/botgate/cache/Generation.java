package dev.botgate.cache;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The lists of one conversation that were asked for since its lists were last dropped.
 *
 * <p>Every load and every kept list belongs to one; once it has ended, none of them is served, stored or joined.
 */
final class Generation {
    private final ConversationKey conversation;
    private final Map<ListKey, StoredReply> stored = new ConcurrentHashMap<>();
    private volatile boolean ended;
    private int holders;

    Generation(ConversationKey conversation) {
        this.conversation = conversation;
    }

    ConversationKey conversation() {
        return conversation;
    }

    boolean ended() {
        return ended;
    }

    void end() {
        ended = true;
    }

    /** The kept lists; changed while they are walked. */
    Map<ListKey, StoredReply> stored() {
        return stored;
    }

    /** Counts one holder more. Called by {@link Generations} alone, which excludes other threads. */
    void hold() {
        holders++;
    }

    /** Counts one holder less, as {@link #hold}; true for the last. */
    boolean release() {
        return --holders == 0;
    }
}
