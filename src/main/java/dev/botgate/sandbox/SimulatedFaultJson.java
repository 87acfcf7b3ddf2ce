package dev.botgate.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.botgate.operation.Operation;
import dev.botgate.sandbox.FaultPlan.Planned;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Faults as JSON.
 *
 * <p>{@code fault} names one: {@code status} (with {@code status}, {@code headers}, {@code body}), {@code throttle}
 * ({@code retryAfterSeconds}), {@code delay} ({@code milliseconds}), {@code hang}, {@code unread}, {@code cut-head},
 * {@code cut-body} ({@code bytes}), {@code compressed}; {@code times} and {@code operation} are optional.
 */
final class SimulatedFaultJson {
    private static final List<String> NAMES =
            List.of("status", "throttle", "delay", "hang", "unread", "cut-head", "cut-body", "compressed");

    private SimulatedFaultJson() {}

    static Planned planned(ObjectNode json) {
        try {
            return new Planned(operation(json.path("operation")), number(json, "times", 1), fault(json));
        } catch (IllegalArgumentException refused) {
            throw ConnectorError.badArgument(String.valueOf(refused.getMessage()));
        }
    }

    /** The plan, for reading. */
    static ObjectNode list(List<Planned> plan) {
        ObjectNode root = SandboxJson.object();
        ArrayNode faults = root.putArray("faults");
        for (Planned planned : plan) {
            ObjectNode one = faults.addObject().put("fault", planned.fault().toString());
            one.put("times", planned.times());
            if (planned.operation() != null) {
                one.put("operation", planned.operation().id());
            }
        }
        return root;
    }

    private static SimulatedFault fault(ObjectNode json) {
        String name = json.path("fault").asText("");
        return switch (name) {
            case "status" -> status(json);
            case "throttle" -> new SimulatedFault.Throttle(Duration.ofSeconds(number(json, "retryAfterSeconds", 1)));
            case "delay" -> new SimulatedFault.Delay(Duration.ofMillis(number(json, "milliseconds", 0)));
            case "hang" -> new SimulatedFault.Hang();
            case "unread" -> new SimulatedFault.Unread();
            case "cut-head" -> new SimulatedFault.CutHead();
            case "cut-body" -> new SimulatedFault.CutBody(number(json, "bytes", 0));
            case "compressed" -> new SimulatedFault.Compressed();
            default -> throw unexpected("fault", "one of " + String.join(", ", NAMES));
        };
    }

    private static SimulatedFault status(ObjectNode json) {
        int status = number(json, "status", 500);
        JsonNode body = json.path("body");
        if (body.isMissingNode() && !json.has("headers")) {
            return new SimulatedFault.Status(status);
        }
        Map<String, String> headers = new LinkedHashMap<>();
        if (body.isContainerNode()) {
            headers.put("Content-Type", SandboxReply.JSON);
        }
        json.path("headers")
                .properties()
                .forEach(
                        header -> headers.put(header.getKey(), header.getValue().asText()));
        return new SimulatedFault.Status(status, headers, body.isContainerNode() ? body.toString() : body.asText(""));
    }

    private static @Nullable Operation operation(JsonNode id) {
        if (id.isMissingNode() || id.isNull()) {
            return null;
        }
        return Operation.withId(id.asText())
                .orElseThrow(() -> unexpected("operation", "a name such as SendToConversation, or other"));
    }

    private static int number(ObjectNode json, String property, int usual) {
        JsonNode value = json.path(property);
        if (value.isMissingNode()) {
            return usual;
        }
        if (!value.canConvertToInt() || !value.isIntegralNumber()) {
            throw unexpected(property, "a whole number");
        }
        return value.intValue();
    }

    private static ConnectorError unexpected(String property, String expected) {
        return ConnectorError.badArgument(property + ": missing or unknown (expected: " + expected + ").");
    }
}
