package dev.botgate.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.botgate.operation.RouteTable;
import dev.botgate.sandbox.Member.Shape;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/** What SDKs call on a connector beyond the twelve: attachments, single members, reactions, teams, meetings, batches. */
final class OtherRoutes {
    private final Conversations conversations;
    private final Attachments attachments;

    OtherRoutes(Conversations conversations, Attachments attachments) {
        this.conversations = conversations;
        this.attachments = attachments;
    }

    Answer answer(Asked asked) {
        List<String> path = asked.segments();
        String method = asked.method();
        if (method.equals("OPTIONS")) {
            return Answer.empty(204).with("Allow", "GET, HEAD, POST, PUT, DELETE, OPTIONS");
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

    private Answer attachments(String method, List<String> path, Asked asked) {
        if (method.equals("GET") && path.size() == 3) {
            return attachments.info(path.get(2));
        }
        if (method.equals("GET") && path.size() == 5 && is(path, 3, "views")) {
            return attachments.view(path.get(2), path.get(4));
        }
        throw unknown(asked);
    }

    private Answer conversations(String method, List<String> path, Asked asked) {
        if (method.equals("GET") && path.size() == 5 && is(path, 3, "members")) {
            return conversations
                    .existing(path.get(2))
                    .member(path.get(4))
                    .map(member -> Answer.json(200, member.as(Shape.AAD_OBJECT_ID)))
                    .orElseThrow(() -> ConnectorError.notFound("MemberNotFoundInConversation", "Member not found."));
        }
        boolean reaction = path.size() == 7 && is(path, 3, "activities") && is(path, 5, "reactions");
        if (reaction && (method.equals("PUT") || method.equals("DELETE"))) {
            conversations.requireExisting(path.get(2));
            return Answer.empty(200);
        }
        throw unknown(asked);
    }

    private Answer teams(String method, List<String> path, Asked asked) {
        String team = path.get(2);
        if (method.equals("GET") && path.size() == 3) {
            return Answer.json(
                    200,
                    Json.object()
                            .put("id", team)
                            .put("name", "Contoso")
                            .put("aadGroupId", uuid(team))
                            .put("tenantId", Member.TENANT)
                            .put("channelCount", 2)
                            .put("memberCount", 5));
        }
        if (method.equals("GET") && path.size() == 4 && is(path, 3, "conversations")) {
            ObjectNode channels = Json.object();
            channels.putArray("conversations")
                    .add(Json.object().put("id", team).putNull("name"))
                    .add(Json.object()
                            .put("id", "19:" + uuid(team).replace("-", "") + "@thread.tacv2")
                            .put("name", "Random"));
            return Answer.json(200, channels);
        }
        throw unknown(asked);
    }

    private Answer batch(String method, List<String> path, Asked asked) {
        if (!is(path, 2, "conversation")) {
            throw unknown(asked);
        }
        if (method.equals("POST") && path.size() == 4) {
            return Answer.json(
                    201, Json.object().put("operationId", uuid(asked.object().toString())));
        }
        if (method.equals("GET") && path.size() == 5 && is(path, 3, "failedentries")) {
            ObjectNode none = Json.object();
            none.putArray("failedEntries");
            return Answer.json(200, none);
        }
        if (method.equals("GET") && path.size() == 4) {
            ObjectNode state = Json.object().put("state", "Completed").put("totalEntriesCount", 5);
            state.putObject("statusMap").put("201", 5);
            return Answer.json(200, state);
        }
        if (method.equals("DELETE") && path.size() == 4) {
            return Answer.empty(200);
        }
        throw unknown(asked);
    }

    private Answer meetings(String method, List<String> path, Asked asked) {
        String meeting = path.get(2);
        if (method.equals("GET") && path.size() == 3) {
            ObjectNode details = Json.object();
            details.putObject("details")
                    .put("id", meeting)
                    .put("title", "Weekly")
                    .put("type", "Scheduled");
            details.putObject("conversation")
                    .put("id", "19:meeting_" + uuid(meeting) + "@thread.v2")
                    .put("isGroup", true);
            return Answer.json(200, details);
        }
        if (method.equals("GET") && path.size() == 5 && is(path, 3, "participants")) {
            ObjectNode participant = Json.object();
            participant.putObject("user").put("id", "29:1" + uuid(path.get(4))).put("aadObjectId", path.get(4));
            participant.putObject("meeting").put("role", "Attendee").put("inMeeting", true);
            return Answer.json(200, participant);
        }
        if (method.equals("POST") && path.size() == 4 && is(path, 3, "notification")) {
            if (!asked.object().has("value")) {
                throw ConnectorError.badArgument("value: missing (expected: recipients and surfaces).");
            }
            ObjectNode sent = Json.object();
            sent.putArray("recipientsFailureInfo");
            return Answer.json(202, sent);
        }
        throw unknown(asked);
    }

    private static ConnectorError unknown(Asked asked) {
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
