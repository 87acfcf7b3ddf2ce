package dev.botgate.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.botgate.sandbox.SandboxMember.Shape;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The twelve operations on conversations in memory; used on the sandbox's event loop only.
 *
 * <p>Sending to an unknown conversation creates it, with a few invented members; reading or deleting in one is answered 404.
 */
final class SimulatedConnector {
    private final SandboxConversations conversations;
    private final Attachments attachments;
    private final OtherRoutes otherRoutes;
    private final InstantSource clock;
    private long lastActivityId;

    SimulatedConnector(Sandbox.Limits limits, InstantSource clock) {
        this.conversations = new SandboxConversations(limits);
        this.attachments = new Attachments(limits.attachmentBytes());
        this.otherRoutes = new OtherRoutes(conversations, attachments);
        this.clock = clock;
    }

    SandboxConversations conversations() {
        return conversations;
    }

    /** Carries out a request; throws {@link ConnectorError} if it is refused. */
    SandboxReply answer(SandboxRequest request) {
        return switch (request.route().operation()) {
            case GET_CONVERSATIONS -> Paging.conversations(request, conversations.all());
            case CREATE_CONVERSATION -> create(request);
            case SEND_TO_CONVERSATION, REPLY_TO_ACTIVITY -> send(request);
            case SEND_CONVERSATION_HISTORY -> history(request);
            case UPDATE_ACTIVITY -> update(request);
            case DELETE_ACTIVITY -> delete(request);
            case GET_ACTIVITY_MEMBERS, GET_CONVERSATION_MEMBERS ->
                SandboxReply.json(200, existing(request).membersAs(Shape.OBJECT_ID));
            case GET_CONVERSATION_PAGED_MEMBERS -> Paging.members(request, existing(request));
            case DELETE_CONVERSATION_MEMBER -> deleteMember(request);
            case UPLOAD_ATTACHMENT -> upload(request);
            case OTHER -> otherRoutes.answer(request);
        };
    }

    private SandboxReply create(SandboxRequest request) {
        ObjectNode parameters = request.object();
        JsonNode activity = parameters.path("activity");
        String activityId = nextActivityId();
        String id = idFor(parameters, activityId);
        SandboxConversations.Conversation created = conversations.create(id, described(parameters.path("members")));
        ObjectNode answer = SandboxJson.object().put("id", id).put("serviceUrl", request.serviceUrl());
        if (activity.isObject()) {
            created.put(activityId, activity);
            answer.put("activityId", activityId);
        }
        conversations.trim();
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

    private SandboxReply send(SandboxRequest request) {
        ObjectNode activity = request.object();
        String id = nextActivityId();
        conversations.existingOrNew(conversationId(request)).put(id, activity);
        conversations.trim();
        return SandboxReply.resource(201, id);
    }

    private SandboxReply history(SandboxRequest request) {
        JsonNode activities = request.object().path("activities");
        if (!activities.isArray()) {
            throw ConnectorError.badArgument("activities: missing (expected: an array of activities).");
        }
        SandboxConversations.Conversation conversation = conversations.existingOrNew(conversationId(request));
        String last = "";
        for (JsonNode activity : activities) {
            last = nextActivityId();
            conversation.put(last, activity);
        }
        conversations.trim();
        return SandboxReply.resource(200, last);
    }

    private SandboxReply update(SandboxRequest request) {
        ObjectNode activity = request.object();
        SandboxConversations.Conversation conversation = existing(request);
        String id = activityId(request);
        if (!conversation.has(id)) {
            throw unknownActivity();
        }
        conversation.put(id, activity);
        conversations.trim();
        return SandboxReply.resource(200, id);
    }

    private SandboxReply delete(SandboxRequest request) {
        if (!existing(request).remove(activityId(request))) {
            throw unknownActivity();
        }
        return SandboxReply.empty(200);
    }

    private SandboxReply deleteMember(SandboxRequest request) {
        SandboxConversations.Conversation conversation = existing(request);
        if (!conversation.removeMember(request.route().memberId().orElseThrow())) {
            throw OtherRoutes.unknownMember();
        }
        if (conversation.members().isEmpty()) {
            conversations.remove(conversation.id());
        }
        return SandboxReply.empty(200);
    }

    private SandboxReply upload(SandboxRequest request) {
        String id = attachments.upload(request.object());
        conversations.existingOrNew(conversationId(request));
        conversations.trim();
        return SandboxReply.resource(201, id);
    }

    private SandboxConversations.Conversation existing(SandboxRequest request) {
        return conversations.existing(conversationId(request));
    }

    private static String conversationId(SandboxRequest request) {
        return request.route().conversationId().orElseThrow();
    }

    private static String activityId(SandboxRequest request) {
        return request.route().activityId().orElseThrow();
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
