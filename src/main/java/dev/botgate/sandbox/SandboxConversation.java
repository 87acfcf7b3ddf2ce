package dev.botgate.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.botgate.sandbox.SandboxMember.Shape;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A conversation in memory: members and activities, the latter as text. */
final class SandboxConversation {
    private final String id;
    private final int maximumActivities;
    private final List<SandboxMember> members;
    private final Map<String, Buffer> activities = new LinkedHashMap<>();
    private long bytes;

    SandboxConversation(String id, int maximumActivities, List<SandboxMember> members) {
        this.id = id;
        this.maximumActivities = maximumActivities;
        this.members = new ArrayList<>(members);
        this.bytes = members.stream().mapToLong(SandboxMember::bytes).sum();
    }

    String id() {
        return id;
    }

    /** About what this conversation takes. */
    long bytes() {
        return bytes;
    }

    void put(String activityId, JsonNode activity) {
        Buffer text = SandboxJson.write(activity);
        Buffer before = activities.put(activityId, text);
        bytes += text.length() - (before == null ? 0 : before.length());
        while (activities.size() > maximumActivities) {
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

    boolean hasActivities() {
        return !activities.isEmpty();
    }

    /** Drops the oldest activity. */
    void dropOldest() {
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
        Optional<SandboxMember> gone = member(memberId);
        gone.ifPresent(member -> bytes -= member.bytes());
        return gone.isPresent() && members.remove(gone.get());
    }

    ArrayNode membersAs(Shape shape) {
        return SandboxMember.all(members, shape);
    }

    /** Everything that is kept of the conversation, for whoever wants to look. */
    ObjectNode whole() {
        ObjectNode root = SandboxJson.object().put("id", id);
        root.set("members", membersAs(Shape.AAD_OBJECT_ID));
        ArrayNode list = root.putArray("activities");
        activities.forEach((activityId, text) ->
                list.addObject().put("id", activityId).set("activity", SandboxJson.objectIn(text)));
        return root;
    }
}
