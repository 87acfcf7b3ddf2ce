package dev.botgate.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.botgate.operation.RouteTable;
import dev.botgate.sandbox.SandboxMember.Shape;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;

/**
 * The routes beside the twelve operations that SDKs call: attachments, single members, reactions, teams, meetings,
 * batches.
 */
final class OtherRoutes {
    private final List<OtherRoute> routes;

    /**
     * A route and its reply.
     *
     * @param path segments, in any letter case; {@code *} for any
     */
    private record OtherRoute(
            String method, List<String> path, BiFunction<List<String>, SandboxRequest, SandboxReply> reply) {
        boolean matches(String asked, List<String> segments) {
            if (!method.equals(asked) || path.size() != segments.size()) {
                return false;
            }
            for (int i = 0; i < path.size(); i++) {
                if (!path.get(i).equals("*") && !path.get(i).equalsIgnoreCase(segments.get(i))) {
                    return false;
                }
            }
            return true;
        }
    }

    OtherRoutes(SandboxConversations conversations, Attachments attachments) {
        BiFunction<List<String>, SandboxRequest, SandboxReply> reaction = (path, request) -> {
            conversations.existing(path.get(2));
            return SandboxReply.empty(200);
        };
        routes = List.of(
                route("GET", "v3/attachments/*", (path, request) -> attachments.info(path.get(2))),
                route("GET", "v3/attachments/*/views/*", (path, request) -> attachments.view(path.get(2), path.get(4))),
                route("GET", "v3/conversations/*/members/*", (path, request) -> conversations
                        .existing(path.get(2))
                        .member(path.get(4))
                        .map(member -> SandboxReply.json(200, member.as(Shape.AAD_OBJECT_ID)))
                        .orElseThrow(OtherRoutes::unknownMember)),
                route("PUT", "v3/conversations/*/activities/*/reactions/*", reaction),
                route("DELETE", "v3/conversations/*/activities/*/reactions/*", reaction),
                route("GET", "v3/teams/*", (path, request) -> team(path.get(2))),
                route("GET", "v3/teams/*/conversations", (path, request) -> channels(path.get(2))),
                route(
                        "POST",
                        "v3/batch/conversation/*",
                        (path, request) -> SandboxReply.json(
                                201,
                                SandboxJson.object()
                                        .put(
                                                "operationId",
                                                uuid(request.object().toString())))),
                route(
                        "GET",
                        "v3/batch/conversation/failedentries/*",
                        (path, request) -> emptyArray(200, "failedEntries")),
                route("GET", "v3/batch/conversation/*", (path, request) -> batchState()),
                route("DELETE", "v3/batch/conversation/*", (path, request) -> SandboxReply.empty(200)),
                route("GET", "v1/meetings/*", (path, request) -> meeting(path.get(2))),
                route("GET", "v1/meetings/*/participants/*", (path, request) -> participant(path.get(4))),
                route("POST", "v1/meetings/*/notification", (path, request) -> {
                    if (!request.object().has("value")) {
                        throw ConnectorError.badArgument("value: missing (expected: recipients and surfaces).");
                    }
                    return emptyArray(202, "recipientsFailureInfo");
                }));
    }

    SandboxReply answer(SandboxRequest request) {
        if (request.method().equals("OPTIONS")) {
            return SandboxReply.empty(204).with("Allow", "GET, HEAD, POST, PUT, DELETE, OPTIONS");
        }
        List<String> path = request.segments();
        Optional<OtherRoute> found = routes.stream()
                .filter(route -> route.matches(request.method(), path))
                .findFirst();
        return found.orElseThrow(() -> unknown(request)).reply().apply(path, request);
    }

    static ConnectorError unknownMember() {
        return ConnectorError.notFound("MemberNotFoundInConversation", "Member not found.");
    }

    private static OtherRoute route(
            String method, String path, BiFunction<List<String>, SandboxRequest, SandboxReply> reply) {
        return new OtherRoute(method, List.of(path.split("/")), reply);
    }

    private static SandboxReply team(String id) {
        return SandboxReply.json(
                200,
                SandboxJson.object()
                        .put("id", id)
                        .put("name", "Contoso")
                        .put("aadGroupId", uuid(id))
                        .put("tenantId", SandboxMember.TENANT)
                        .put("channelCount", 2)
                        .put("memberCount", 5));
    }

    private static SandboxReply channels(String team) {
        ObjectNode channels = SandboxJson.object();
        channels.putArray("conversations")
                .add(SandboxJson.object().put("id", team).putNull("name"))
                .add(SandboxJson.object()
                        .put("id", "19:" + uuid(team).replace("-", "") + "@thread.tacv2")
                        .put("name", "Random"));
        return SandboxReply.json(200, channels);
    }

    private static SandboxReply batchState() {
        ObjectNode state = SandboxJson.object().put("state", "Completed").put("totalEntriesCount", 5);
        state.putObject("statusMap").put("201", 5);
        return SandboxReply.json(200, state);
    }

    private static SandboxReply meeting(String id) {
        ObjectNode meeting = SandboxJson.object();
        meeting.putObject("details").put("id", id).put("title", "Weekly").put("type", "Scheduled");
        meeting.putObject("conversation")
                .put("id", "19:meeting_" + uuid(id) + "@thread.v2")
                .put("isGroup", true);
        return SandboxReply.json(200, meeting);
    }

    private static SandboxReply participant(String objectId) {
        ObjectNode participant = SandboxJson.object();
        participant.putObject("user").put("id", "29:1" + uuid(objectId)).put("aadObjectId", objectId);
        participant.putObject("meeting").put("role", "Attendee").put("inMeeting", true);
        return SandboxReply.json(200, participant);
    }

    private static SandboxReply emptyArray(int status, String property) {
        ObjectNode root = SandboxJson.object();
        root.putArray(property);
        return SandboxReply.json(status, root);
    }

    private static ConnectorError unknown(SandboxRequest request) {
        List<String> methods = RouteTable.methodsOn(request.rawPath());
        return methods.isEmpty()
                ? ConnectorError.notFound("NotFound", "No such route.")
                : ConnectorError.badMethod(request.method(), methods);
    }

    private static String uuid(String of) {
        return UUID.nameUUIDFromBytes(of.getBytes(StandardCharsets.UTF_8)).toString();
    }
}
