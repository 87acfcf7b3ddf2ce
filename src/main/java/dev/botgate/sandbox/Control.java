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
 * What the sandbox answers about itself, at {@code /} and at some paths below {@code /sandbox}.
 *
 * <p>{@code GET} and {@code DELETE /sandbox/requests}; {@code GET}, {@code POST} and {@code DELETE /sandbox/faults}; {@code
 * GET /sandbox/conversations/ID}, and {@code PUT} of the same with {@code ?members=N} to have one of that size.
 */
final class Control {
    private static final String CONVERSATIONS = "/sandbox/conversations/";
    private static final Set<String> OWN = Set.of("/", "/sandbox", "/sandbox/requests", "/sandbox/faults");
    private static final int USUAL_REQUESTS = 1_000;

    private final RequestLog requests;
    private final FaultPlan faults;
    private final Conversations conversations;

    Control(RequestLog requests, FaultPlan faults, Conversations conversations) {
        this.requests = requests;
        this.faults = faults;
        this.conversations = conversations;
    }

    /** Whether a path is the sandbox's own, and not the connector's. */
    static boolean owns(String rawPath) {
        return OWN.contains(rawPath) || rawPath.startsWith(CONVERSATIONS);
    }

    Answer answer(Asked asked) {
        String path = asked.rawPath();
        if (path.startsWith(CONVERSATIONS) && path.length() > CONVERSATIONS.length()) {
            return conversation(asked, RouteTable.decode(path.substring(CONVERSATIONS.length())));
        }
        return switch (asked.method() + " " + path) {
            case "GET /", "GET /sandbox" -> Answer.json(200, about(asked));
            case "GET /sandbox/requests" -> Answer.json(200, received(asked));
            case "DELETE /sandbox/requests" -> {
                requests.clear();
                yield Answer.empty(204);
            }
            case "GET /sandbox/faults" -> Answer.json(200, FaultJson.list(faults.all()));
            case "POST /sandbox/faults" -> {
                faults.add(List.of(FaultJson.planned(asked.object())));
                yield Answer.json(201, FaultJson.list(faults.all()));
            }
            case "DELETE /sandbox/faults" -> {
                faults.clear();
                yield Answer.empty(204);
            }
            default -> throw new ConnectorError(405, "MethodNotAllowed", asked.method() + " (not at this path).");
        };
    }

    private static ObjectNode about(Asked asked) {
        return Json.object()
                .put("what", "A simulated Bot Connector: conversations live in memory, no token is checked.")
                .put("serviceUrl", asked.serviceUrl())
                .put("requests", asked.origin() + "/sandbox/requests")
                .put("faults", asked.origin() + "/sandbox/faults");
    }

    private Answer conversation(Asked asked, String id) {
        return switch (asked.method()) {
            case "GET" -> Answer.json(200, conversations.existing(id).whole());
            case "PUT" -> {
                int members = asked.number("members", 5, 0, 10_000);
                Conversation made = conversations.create(id, Member.rosterOf(id, members));
                conversations.keepBounds();
                yield Answer.json(201, made.whole());
            }
            default -> throw new ConnectorError(405, "MethodNotAllowed", asked.method() + " (expected: GET, PUT).");
        };
    }

    private ObjectNode received(Asked asked) {
        long after = asked.number("after", 0, 0, Integer.MAX_VALUE);
        Page page = requests.after(after, asked.number("limit", USUAL_REQUESTS, 1, Integer.MAX_VALUE));
        ObjectNode root = Json.object().put("total", page.total()).put("dropped", page.dropped());
        ArrayNode list = root.putArray("requests");
        page.requests().forEach(received -> list.add(json(received)));
        return root;
    }

    private static ObjectNode json(Received received) {
        ObjectNode one = Json.object()
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

    /** The body as text where it is UTF-8, else in base64. */
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
