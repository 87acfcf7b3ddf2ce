package dev.botgate.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.botgate.failure.SettingCheck;
import dev.botgate.operation.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The faults of the requests to come, in order; safe on any thread. */
final class FaultPlan {
    private static final int MAX_PLANNED = 10_000;

    private final List<Planned> planned = new ArrayList<>();

    /**
     * A fault of some requests to come.
     *
     * @param operation whose requests; null for any
     * @param times how many of them
     */
    record Planned(@Nullable Operation operation, int times, SimulatedFault fault) {
        Planned {
            SettingCheck.atLeast("times", times, 1);
        }

        /**
         * Reads a plan: {@code fault} is {@code status} (with {@code status}, {@code headers}, {@code body}), {@code
         * throttle} ({@code retryAfterSeconds}), {@code delay} ({@code milliseconds}), {@code hang}, {@code unread}, {@code
         * cut-head}, {@code cut-body} ({@code bytes}) or {@code compressed}; {@code times} and {@code operation} are
         * optional.
         */
        static Planned of(ObjectNode json) {
            try {
                return new Planned(operation(json.path("operation")), number(json, "times", 1), fault(json));
            } catch (IllegalArgumentException refused) {
                throw ConnectorError.badArgument(String.valueOf(refused.getMessage()));
            }
        }

        private static SimulatedFault fault(ObjectNode json) {
            return switch (json.path("fault").asText("")) {
                case "status" -> status(json);
                case "throttle" ->
                    new SimulatedFault.Throttle(Duration.ofSeconds(number(json, "retryAfterSeconds", 1)));
                case "delay" -> new SimulatedFault.Delay(Duration.ofMillis(number(json, "milliseconds", 0)));
                case "hang" -> new SimulatedFault.Hang();
                case "unread" -> new SimulatedFault.Unread();
                case "cut-head" -> new SimulatedFault.CutHead();
                case "cut-body" -> new SimulatedFault.CutBody(number(json, "bytes", 0));
                case "compressed" -> new SimulatedFault.Compressed();
                default ->
                    throw unexpected(
                            "fault", "one of status, throttle, delay, hang, unread, cut-head, cut-body, compressed");
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
                    .forEach(header ->
                            headers.put(header.getKey(), header.getValue().asText()));
            return new SimulatedFault.Status(
                    status, headers, body.isContainerNode() ? body.toString() : body.asText(""));
        }

        private static @Nullable Operation operation(JsonNode id) {
            return id.isMissingNode() || id.isNull()
                    ? null
                    : Operation.withId(id.asText())
                            .orElseThrow(() -> unexpected("operation", "a name such as SendToConversation, or other"));
        }

        private static int number(ObjectNode json, String property, int defaultValue) {
            JsonNode value = json.path(property);
            if (value.isMissingNode()) {
                return defaultValue;
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

    synchronized void add(List<Planned> more) {
        if (planned.size() + more.size() > MAX_PLANNED) {
            throw SettingCheck.refused("faults", planned.size() + more.size(), "<= " + MAX_PLANNED);
        }
        planned.addAll(more);
    }

    /** Takes the first fault for a request of {@code operation}. */
    synchronized Optional<SimulatedFault> take(Operation operation) {
        for (int i = 0; i < planned.size(); i++) {
            Planned next = planned.get(i);
            if (next.operation() == null || next.operation() == operation) {
                if (next.times() == 1) {
                    planned.remove(i);
                } else {
                    planned.set(i, new Planned(next.operation(), next.times() - 1, next.fault()));
                }
                return Optional.of(next.fault());
            }
        }
        return Optional.empty();
    }

    synchronized void clear() {
        planned.clear();
    }

    synchronized ObjectNode json() {
        ObjectNode root = SandboxJson.object();
        ArrayNode faults = root.putArray("faults");
        for (Planned one : planned) {
            ObjectNode json =
                    faults.addObject().put("fault", one.fault().toString()).put("times", one.times());
            if (one.operation() != null) {
                json.put("operation", one.operation().id());
            }
        }
        return root;
    }
}
