package dev.botgate.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.botgate.operation.RouteTable;
import dev.botgate.sandbox.RequestLog.Page;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/**
 * The sandbox's own routes, at {@code /} and at some paths below {@code /sandbox}.
 *
 * <p>{@code GET} and {@code DELETE /sandbox/requests}; {@code GET}, {@code POST} and {@code DELETE /sandbox/faults}; {@code
 * GET /sandbox/conversations/ID}, and {@code PUT} of the same with {@code ?members=N} to create one of that size.
 */
final class ControlRoutes {
    private static final String CONVERSATIONS = "/sandbox/conversations/";
    private static final Set<String> OWN = Set.of("/", "/sandbox", "/sandbox/requests", "/sandbox/faults");
    private static final int DEFAULT_REQUESTS = 1_000;

    private final RequestLog requests;
    private final FaultPlan faults;
    private final SandboxConversations conversations;

    ControlRoutes(RequestLog requests, FaultPlan faults, SandboxConversations conversations) {
        this.requests = requests;
        this.faults = faults;
        this.conversations = conversations;
    }

    /** Whether a path is the sandbox's own, and not the connector's. */
    static boolean owns(String rawPath) {
        return OWN.contains(rawPath) || rawPath.startsWith(CONVERSATIONS);
    }

    SandboxReply answer(SandboxRequest request) {
        String path = request.rawPath();
        if (path.startsWith(CONVERSATIONS) && path.length() > CONVERSATIONS.length()) {
            return conversation(request, RouteTable.decode(path.substring(CONVERSATIONS.length())));
        }
        return switch (request.method() + " " + path) {
            case "GET /", "GET /sandbox" -> SandboxReply.json(200, about(request));
            case "GET /sandbox/requests" -> SandboxReply.json(200, received(request));
            case "DELETE /sandbox/requests" -> {
                requests.clear();
                yield SandboxReply.empty(204);
            }
            case "GET /sandbox/faults" -> SandboxReply.json(200, faults.json());
            case "POST /sandbox/faults" -> {
                faults.add(List.of(FaultPlan.Planned.of(request.object())));
                yield SandboxReply.json(201, faults.json());
            }
            case "DELETE /sandbox/faults" -> {
                faults.clear();
                yield SandboxReply.empty(204);
            }
            default -> throw new ConnectorError(405, "MethodNotAllowed", request.method() + " (not at this path).");
        };
    }

    private static ObjectNode about(SandboxRequest request) {
        return SandboxJson.object()
                .put("what", "A simulated Bot Connector: conversations live in memory, no token is checked.")
                .put("serviceUrl", request.serviceUrl())
                .put("requests", request.origin() + "/sandbox/requests")
                .put("faults", request.origin() + "/sandbox/faults");
    }

    private SandboxReply conversation(SandboxRequest request, String id) {
        return switch (request.method()) {
            case "GET" -> SandboxReply.json(200, conversations.existing(id).json());
            case "PUT" -> {
                int members = request.number("members", 5, 0, 10_000);
                SandboxConversations.Conversation made = conversations.create(id, SandboxMember.roster(id, members));
                conversations.trim();
                yield SandboxReply.json(201, made.json());
            }
            default -> throw ConnectorError.badMethod(request.method(), List.of("GET", "PUT"));
        };
    }

    private ObjectNode received(SandboxRequest request) {
        long after = request.number("after", 0, 0, Integer.MAX_VALUE);
        Page page = requests.after(after, request.number("limit", DEFAULT_REQUESTS, 1, Integer.MAX_VALUE));
        ObjectNode root = SandboxJson.object().put("total", page.total()).put("dropped", page.dropped());
        ArrayNode list = root.putArray("requests");
        page.requests().forEach(received -> list.add(json(received)));
        return root;
    }

    private static ObjectNode json(ReceivedRequest received) {
        ObjectNode one = SandboxJson.object()
                .put("sequence", received.sequence())
                .put("method", received.method())
                .put("uri", received.uri())
                .put("operation", received.operation().id())
                .put("complete", received.complete())
                .put("arrivedNanos", received.arrivedNanos())
                .put("arrivedAt", received.arrivedAt().toString());
        ArrayNode headers = one.putArray("headers");
        received.headers()
                .forEach(header -> headers.addArray().add(header.getKey()).add(header.getValue()));
        return withBody(one, received.body());
    }

    /** Adds the body as text if it is UTF-8, otherwise in base64. */
    private static ObjectNode withBody(ObjectNode one, Buffer body) {
        try {
            return one.put(
                    "body",
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(body.getBytes()))
                            .toString());
        } catch (CharacterCodingException notText) {
            return one.put("bodyBase64", body.getBytes());
        }
    }
}
