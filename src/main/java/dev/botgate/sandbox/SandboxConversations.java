package dev.botgate.sandbox;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The conversations in memory, bounded by number and bytes; used on the sandbox's event loop only. */
final class SandboxConversations {
    private static final int USUAL_MEMBERS = 5;

    private final SandboxLimits bounds;
    private final Map<String, SandboxConversation> byId = new LinkedHashMap<>();

    SandboxConversations(SandboxLimits bounds) {
        this.bounds = bounds;
    }

    Optional<SandboxConversation> find(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** Refuses an unknown conversation. */
    void requireExisting(String id) {
        if (!byId.containsKey(id)) {
            throw ConnectorError.notFound(
                    "ConversationNotFound", "Conversation not found. Send something to it first.");
        }
    }

    /** The conversation, or the refusal that the connector has for an unknown one. */
    SandboxConversation existing(String id) {
        requireExisting(id);
        return find(id).orElseThrow();
    }

    /** The conversation, made with its usual members where it did not exist. */
    SandboxConversation any(String id) {
        require(id);
        return find(id).orElseThrow();
    }

    /** Makes the conversation where it does not exist. */
    void require(String id) {
        if (!byId.containsKey(id)) {
            byId.put(id, new SandboxConversation(id, bounds.activities(), SandboxMember.rosterOf(id, USUAL_MEMBERS)));
        }
    }

    /** A conversation with these members, in place of what had that id. */
    SandboxConversation create(String id, List<SandboxMember> members) {
        SandboxConversation created = new SandboxConversation(id, bounds.activities(), members);
        byId.remove(id);
        byId.put(id, created);
        return created;
    }

    void remove(String id) {
        byId.remove(id);
    }

    List<SandboxConversation> all() {
        return List.copyOf(byId.values());
    }

    /** Drops the oldest until the bounds are kept: first conversations by number, then activities by bytes. */
    void keepBounds() {
        while (byId.size() > bounds.conversations()) {
            remove(oldest().id());
        }
        long bytes =
                byId.values().stream().mapToLong(SandboxConversation::bytes).sum();
        while (bytes > bounds.conversationBytes() && !byId.isEmpty()) {
            SandboxConversation oldest = oldest();
            bytes -= oldest.bytes();
            if (oldest.hasActivities()) {
                oldest.dropOldest();
                bytes += oldest.bytes();
            } else {
                remove(oldest.id());
            }
        }
    }

    private SandboxConversation oldest() {
        return byId.values().iterator().next();
    }
}
