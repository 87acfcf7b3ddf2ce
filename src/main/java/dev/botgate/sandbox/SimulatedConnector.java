package dev.botgate.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.botgate.sandbox.SandboxMember.Shape;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The twelve operations over memory; used on the sandbox's event loop only.
 *
 * <p>Whatever is sent to a conversation that does not exist makes it, with a few invented members; reading or deleting in
 * one answers 404.
 */
final class SimulatedConnector {
    private final SandboxConversations conversations;
    private final Attachments attachments;
    private final OtherRoutes otherRoutes;
    private final InstantSource clock;
    private long lastActivityId;

    SimulatedConnector(SandboxLimits bounds, InstantSource clock) {
        this.conversations = new SandboxConversations(bounds);
        this.attachments = new Attachments(bounds.attachmentBytes());
        this.otherRoutes = new OtherRoutes(conversations, attachments);
        this.clock = clock;
    }

    SandboxConversations conversations() {
        return conversations;
    }

    /** Does what was asked; throws {@link ConnectorError} for what it refuses. */
    SandboxReply answer(SandboxRequest asked) {
        return switch (asked.route().operation()) {
            case GET_CONVERSATIONS -> Paging.conversations(asked, conversations.all());
            case CREATE_CONVERSATION -> create(asked);
            case SEND_TO_CONVERSATION, REPLY_TO_ACTIVITY -> send(asked);
            case SEND_CONVERSATION_HISTORY -> history(asked);
            case UPDATE_ACTIVITY -> update(asked);
            case DELETE_ACTIVITY -> delete(asked);
            case GET_ACTIVITY_MEMBERS, GET_CONVERSATION_MEMBERS ->
                SandboxReply.json(200, existing(asked).membersAs(Shape.OBJECT_ID));
            case GET_CONVERSATION_PAGED_MEMBERS -> Paging.members(asked, existing(asked));
            case DELETE_CONVERSATION_MEMBER -> deleteMember(asked);
            case UPLOAD_ATTACHMENT -> upload(asked);
            case OTHER -> otherRoutes.answer(asked);
        };
    }

    private SandboxReply create(SandboxRequest asked) {
        ObjectNode parameters = asked.object();
        JsonNode activity = parameters.path("activity");
        String activityId = nextActivityId();
        String id = idFor(parameters, activityId);
        SandboxConversation created = conversations.create(id, described(parameters.path("members")));
        ObjectNode answer = SandboxJson.object().put("id", id).put("serviceUrl", asked.serviceUrl());
        if (activity.isObject()) {
            created.put(activityId, activity);
            answer.put("activityId", activityId);
        }
        conversations.keepBounds();
        return SandboxReply.json(201, answer);
    }

    /** A thread's id in the channel that {@code channelData} names, else one of a new chat. */
    private static String idFor(ObjectNode parameters, String activityId) {
        String channel =
                parameters.path("channelData").path("channel").path("id").asText("");
        return channel.isEmpty()
                ? "a:1" + UUID.randomUUID().toString().replace("-", "")
                : channel.split(";", 2)[0] + ";messageid=" + activityId;
    }

    private static List<SandboxMember> described(JsonNode accounts) {
        List<SandboxMember> members = new ArrayList<>();
        for (JsonNode account : accounts) {
            if (!(account instanceof ObjectNode object)) {
                throw ConnectorError.badArgument("members: one that is no object (expected: channel accounts).");
            }
            members.add(SandboxMember.described(object));
        }
        return members;
    }

    private SandboxReply send(SandboxRequest asked) {
        ObjectNode activity = asked.object();
        String id = nextActivityId();
        conversations.any(conversationId(asked)).put(id, activity);
        conversations.keepBounds();
        return SandboxReply.resource(201, id);
    }

    private SandboxReply history(SandboxRequest asked) {
        JsonNode activities = asked.object().path("activities");
        if (!activities.isArray()) {
            throw ConnectorError.badArgument("activities: missing (expected: an array of activities).");
        }
        SandboxConversation conversation = conversations.any(conversationId(asked));
        String last = "";
        for (JsonNode activity : activities) {
            last = nextActivityId();
            conversation.put(last, activity);
        }
        conversations.keepBounds();
        return SandboxReply.resource(200, last);
    }

    private SandboxReply update(SandboxRequest asked) {
        ObjectNode activity = asked.object();
        SandboxConversation conversation = existing(asked);
        String id = activityId(asked);
        if (!conversation.has(id)) {
            throw unknownActivity();
        }
        conversation.put(id, activity);
        conversations.keepBounds();
        return SandboxReply.resource(200, id);
    }

    private SandboxReply delete(SandboxRequest asked) {
        if (!existing(asked).remove(activityId(asked))) {
            throw unknownActivity();
        }
        return SandboxReply.empty(200);
    }

    private SandboxReply deleteMember(SandboxRequest asked) {
        SandboxConversation conversation = existing(asked);
        if (!conversation.removeMember(asked.route().memberId().orElseThrow())) {
            throw ConnectorError.notFound("MemberNotFoundInConversation", "Member not found.");
        }
        if (conversation.members().isEmpty()) {
            conversations.remove(conversation.id());
        }
        return SandboxReply.empty(200);
    }

    private SandboxReply upload(SandboxRequest asked) {
        String id = attachments.upload(asked.object());
        conversations.require(conversationId(asked));
        conversations.keepBounds();
        return SandboxReply.resource(201, id);
    }

    private SandboxConversation existing(SandboxRequest asked) {
        return conversations.existing(conversationId(asked));
    }

    private static String conversationId(SandboxRequest asked) {
        return asked.route().conversationId().orElseThrow();
    }

    private static String activityId(SandboxRequest asked) {
        return asked.route().activityId().orElseThrow();
    }

    private static ConnectorError unknownActivity() {
        return ConnectorError.notFound("ActivityNotFoundInConversation", "Activity not found.");
    }

    /** Milliseconds since 1970, as Teams has them, and never the same twice. */
    private String nextActivityId() {
        lastActivityId = Math.max(lastActivityId + 1, clock.millis());
        return Long.toString(lastActivityId);
    }
}
