package dev.botgate.operation;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The operation that a method and a path stand for, with the ids that the path names.
 *
 * <p>Ids are percent-decoded, so that {@code 19%3Aabc} and {@code 19:abc} are the same conversation.
 *
 * @param mutation whether the request can change something; for {@link Operation#OTHER} the method decides
 * @param known false for what lies under {@link Operation#BASE_PATH}, or may be read so by a lenient server, and is no route
 *     that clients are known to call; such a route may be an operation to the connector
 */
public record Route(
        Operation operation,
        boolean mutation,
        @Nullable String conversation,
        @Nullable String activity,
        @Nullable String member,
        boolean known) {

    /** The route of a request that is none of the twelve, and does not lie under their path. */
    static Route other(String method) {
        return new Route(Operation.OTHER, !isSafe(method), null, null, null, true);
    }

    /** The route of a request that lies under the path of the twelve and is not known. */
    static Route unknown(String method, @Nullable String conversation) {
        return new Route(Operation.OTHER, !isSafe(method), conversation, null, null, false);
    }

    /** Whether {@code method} is safe as in RFC 9110 section 9.2.1: it asks for nothing to change. */
    static boolean isSafe(String method) {
        return switch (method) {
            case "GET", "HEAD", "OPTIONS" -> true;
            default -> false;
        };
    }

    public Optional<String> conversationId() {
        return Optional.ofNullable(conversation);
    }

    public Optional<String> activityId() {
        return Optional.ofNullable(activity);
    }

    public Optional<String> memberId() {
        return Optional.ofNullable(member);
    }
}
