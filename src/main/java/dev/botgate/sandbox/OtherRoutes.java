package dev.botgate.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.botgate.operation.RouteTable;
import dev.botgate.sandbox.SandboxMember.Shape;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/** What SDKs call on a connector beyond the twelve: attachments, single members, reactions, teams, meetings, batches. */
final class OtherRoutes {
    private final SandboxConversations conversations;
    private final Attachments attachments;

    OtherRoutes(SandboxConversations conversations, Attachments attachments) {
        this.conversations = conversations;
        this.attachments = attachments;
    }

    SandboxReply answer(SandboxRequest asked) {
        List<String> path = asked.segments();
        String method = asked.method();
        if (method.equals("OPTIONS")) {
            return SandboxReply.empty(204).with("Allow", "GET, HEAD, POST, PUT, DELETE, OPTIONS");
        }
        if (path.size() >= 3) {
            return switch (path.get(0).toLowerCase(Locale.ROOT) + "/"
                    + path.get(1).toLowerCase(Locale.ROOT)) {
                case "v3/attachments" -> attachments(method, path, asked);
                case "v3/conversations" -> conversations(method, path, asked);
                case "v3/teams" -> teams(method, path, asked);
                case "v3/batch" -> batch(method, path, asked);
                case "v1/meetings" -> meetings(method, path, asked);
                default -> throw unknown(asked);
            };
        }
        throw unknown(asked);
    }

    private SandboxReply attachments(String method, List<String> path, SandboxRequest asked) {
        if (method.equals("GET") && path.size() == 3) {
            return attachments.info(path.get(2));
        }
        if (method.equals("GET") && path.size() == 5 && is(path, 3, "views")) {
            return attachments.view(path.get(2), path.get(4));
        }
        throw unknown(asked);
    }

    private SandboxReply conversations(String method, List<String> path, SandboxRequest asked) {
        if (method.equals("GET") && path.size() == 5 && is(path, 3, "members")) {
            return conversations
                    .existing(path.get(2))
                    .member(path.get(4))
                    .map(member -> SandboxReply.json(200, member.as(Shape.AAD_OBJECT_ID)))
                    .orElseThrow(() -> ConnectorError.notFound("MemberNotFoundInConversation", "Member not found."));
        }
        boolean reaction = path.size() == 7 && is(path, 3, "activities") && is(path, 5, "reactions");
        if (reaction && (method.equals("PUT") || method.equals("DELETE"))) {
            conversations.requireExisting(path.get(2));
            return SandboxReply.empty(200);
        }
        throw unknown(asked);
    }

    private SandboxReply teams(String method, List<String> path, SandboxRequest asked) {
        String team = path.get(2);
        if (method.equals("GET") && path.size() == 3) {
            return SandboxReply.json(
                    200,
                    SandboxJson.object()
                            .put("id", team)
                            .put("name", "Contoso")
                            .put("aadGroupId", uuid(team))
                            .put("tenantId", SandboxMember.TENANT)
                            .put("channelCount", 2)
                            .put("memberCount", 5));
        }
        if (method.equals("GET") && path.size() == 4 && is(path, 3, "conversations")) {
            ObjectNode channels = SandboxJson.object();
            channels.putArray("conversations")
                    .add(SandboxJson.object().put("id", team).putNull("name"))
                    .add(SandboxJson.object()
                            .put("id", "19:" + uuid(team).replace("-", "") + "@thread.tacv2")
                            .put("name", "Random"));
            return SandboxReply.json(200, channels);
        }
        throw unknown(asked);
    }

    private SandboxReply batch(String method, List<String> path, SandboxRequest asked) {
        if (!is(path, 2, "conversation")) {
            throw unknown(asked);
        }
        if (method.equals("POST") && path.size() == 4) {
            return SandboxReply.json(
                    201,
                    SandboxJson.object().put("operationId", uuid(asked.object().toString())));
        }
        if (method.equals("GET") && path.size() == 5 && is(path, 3, "failedentries")) {
            ObjectNode none = SandboxJson.object();
            none.putArray("failedEntries");
            return SandboxReply.json(200, none);
        }
        if (method.equals("GET") && path.size() == 4) {
            ObjectNode state = SandboxJson.object().put("state", "Completed").put("totalEntriesCount", 5);
            state.putObject("statusMap").put("201", 5);
            return SandboxReply.json(200, state);
        }
        if (method.equals("DELETE") && path.size() == 4) {
            return SandboxReply.empty(200);
        }
        throw unknown(asked);
    }

    private SandboxReply meetings(String method, List<String> path, SandboxRequest asked) {
        String meeting = path.get(2);
        if (method.equals("GET") && path.size() == 3) {
            ObjectNode details = SandboxJson.object();
            details.putObject("details")
                    .put("id", meeting)
                    .put("title", "Weekly")
                    .put("type", "Scheduled");
            details.putObject("conversation")
                    .put("id", "19:meeting_" + uuid(meeting) + "@thread.v2")
                    .put("isGroup", true);
            return SandboxReply.json(200, details);
        }
        if (method.equals("GET") && path.size() == 5 && is(path, 3, "participants")) {
            ObjectNode participant = SandboxJson.object();
            participant.putObject("user").put("id", "29:1" + uuid(path.get(4))).put("aadObjectId", path.get(4));
            participant.putObject("meeting").put("role", "Attendee").put("inMeeting", true);
            return SandboxReply.json(200, participant);
        }
        if (method.equals("POST") && path.size() == 4 && is(path, 3, "notification")) {
            if (!asked.object().has("value")) {
                throw ConnectorError.badArgument("value: missing (expected: recipients and surfaces).");
            }
            ObjectNode sent = SandboxJson.object();
            sent.putArray("recipientsFailureInfo");
            return SandboxReply.json(202, sent);
        }
        throw unknown(asked);
    }

    private static ConnectorError unknown(SandboxRequest asked) {
        List<String> methods = RouteTable.methodsOn(asked.rawPath());
        return methods.isEmpty()
                ? ConnectorError.notFound("NotFound", "No such route.")
                : new ConnectorError(
                        405,
                        "MethodNotAllowed",
                        asked.method() + " (expected here: " + String.join(", ", methods) + ").");
    }

    private static boolean is(List<String> path, int index, String literal) {
        return path.get(index).equalsIgnoreCase(literal);
    }

    private static String uuid(String of) {
        return UUID.nameUUIDFromBytes(of.getBytes(StandardCharsets.UTF_8)).toString();
    }
}
