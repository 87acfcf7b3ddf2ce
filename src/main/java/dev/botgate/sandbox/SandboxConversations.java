package dev.botgate.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.botgate.sandbox.SandboxMember.Shape;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The conversations in memory, bounded by number and bytes; used on the sandbox's event loop only. */
final class SandboxConversations {
    private static final int DEFAULT_MEMBERS = 5;

    private final Sandbox.Limits limits;
    private final Map<String, Conversation> byId = new LinkedHashMap<>();

    SandboxConversations(Sandbox.Limits limits) {
        this.limits = limits;
    }

    /** The conversation; an unknown one is refused. */
    @CanIgnoreReturnValue
    Conversation existing(String id) {
        Conversation conversation = byId.get(id);
        if (conversation == null) {
            throw ConnectorError.notFound(
                    "ConversationNotFound", "Conversation not found. Send something to it first.");
        }
        return conversation;
    }

    /** The conversation, created if it is unknown. */
    @CanIgnoreReturnValue
    Conversation existingOrNew(String id) {
        return byId.computeIfAbsent(id, unknown -> new Conversation(id, SandboxMember.roster(id, DEFAULT_MEMBERS)));
    }

    /** A new conversation; replaces one with the same id. */
    Conversation create(String id, List<SandboxMember> members) {
        Conversation created = new Conversation(id, members);
        byId.remove(id);
        byId.put(id, created);
        return created;
    }

    void remove(String id) {
        byId.remove(id);
    }

    List<Conversation> all() {
        return List.copyOf(byId.values());
    }

    /** Drops the oldest until the limits are kept: first conversations by number, then activities by bytes. */
    void trim() {
        while (byId.size() > limits.conversations()) {
            remove(oldest().id());
        }
        long bytes = byId.values().stream().mapToLong(one -> one.bytes).sum();
        while (bytes > limits.conversationBytes() && !byId.isEmpty()) {
            Conversation oldest = oldest();
            bytes -= oldest.bytes;
            if (oldest.activities.isEmpty()) {
                remove(oldest.id());
            } else {
                oldest.dropOldest();
                bytes += oldest.bytes;
            }
        }
    }

    private Conversation oldest() {
        return byId.values().iterator().next();
    }

    /** A conversation: its members and its activities, these as text. */
    final class Conversation {
        private final String id;
        private final List<SandboxMember> members;
        private final Map<String, Buffer> activities = new LinkedHashMap<>();
        private long bytes;

        private Conversation(String id, List<SandboxMember> members) {
            this.id = id;
            this.members = new ArrayList<>(members);
            this.bytes = members.stream().mapToLong(SandboxMember::bytes).sum();
        }

        String id() {
            return id;
        }

        void put(String activityId, JsonNode activity) {
            Buffer text = SandboxJson.write(activity);
            Buffer before = activities.put(activityId, text);
            bytes += text.length() - (before == null ? 0 : before.length());
            while (activities.size() > limits.activities()) {
                dropOldest();
            }
        }

        boolean has(String activityId) {
            return activities.containsKey(activityId);
        }

        boolean remove(String activityId) {
            Buffer before = activities.remove(activityId);
            bytes -= before == null ? 0 : before.length();
            return before != null;
        }

        private void dropOldest() {
            Iterator<Buffer> oldestFirst = activities.values().iterator();
            bytes -= oldestFirst.next().length();
            oldestFirst.remove();
        }

        List<SandboxMember> members() {
            return List.copyOf(members);
        }

        Optional<SandboxMember> member(String memberId) {
            return members.stream().filter(member -> member.is(memberId)).findFirst();
        }

        boolean removeMember(String memberId) {
            Optional<SandboxMember> removed = member(memberId);
            removed.ifPresent(member -> bytes -= member.bytes());
            return removed.isPresent() && members.remove(removed.get());
        }

        ArrayNode membersAs(Shape shape) {
            return SandboxMember.all(members, shape);
        }

        /** All that is stored of the conversation. */
        ObjectNode json() {
            ObjectNode root = SandboxJson.object().put("id", id);
            root.set("members", membersAs(Shape.AAD_OBJECT_ID));
            ArrayNode list = root.putArray("activities");
            activities.forEach((activityId, text) ->
                    list.addObject().put("id", activityId).set("activity", SandboxJson.objectIn(text)));
            return root;
        }
    }
}
